// Saves the lines of a delegation as they are typed, says at each what is wrong, and adds lines below.
customElements.define(
  "delegation-lines",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.list = this.querySelector(".lines__list");
      this.state = this.querySelector("[data-state]");
      const empty = [...this.list.querySelectorAll('[data-line^="n"]')];
      this.next = empty.length;
      // The others are for those without a script; here one grows when it is needed.
      if (!this.list.querySelector('[data-line^="n"] input:not([value=""])')) empty.slice(1).forEach((line) => line.remove());
      this.form.addEventListener("input", () => this.grow());
      this.form.addEventListener("change", (event) => {
        if (event.target.name !== "remove") this.save();
      });
      this.form.addEventListener("submit", (event) => {
        // Lines that are on their way would be written twice.
        if (!this.saving) return;
        event.preventDefault();
        const button = event.submitter;
        this.saving.finally(() => this.form.requestSubmit(button));
      });
    }
    // There is always an empty line to write in.
    grow() {
      const last = this.list.lastElementChild;
      if (![...last.querySelectorAll("input")].some((input) => input.value.trim())) return;
      const fresh = last.cloneNode(true);
      this.rename(fresh, `n${this.next++}`);
      for (const input of fresh.querySelectorAll("input")) input.value = "";
      this.list.append(fresh);
    }
    rename(line, prefix) {
      const old = line.dataset.line;
      line.dataset.line = prefix;
      for (const part of line.querySelectorAll(`[id^="${old}-"], [for^="${old}-"]`))
        for (const name of ["id", "for", "name", "aria-describedby"])
          if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(old, prefix));
    }
    save() {
      this.saving = (this.saving ?? Promise.resolve()).then(() => this.send());
      const mine = this.saving;
      mine.finally(() => {
        if (this.saving === mine) this.saving = null;
      });
    }
    async send() {
      const data = new FormData(this.form);
      data.delete("remove");
      try {
        const answer = await fetch(this.form.action, {
          method: "POST",
          body: data,
          headers: { Accept: "application/json" },
        });
        if (!answer.ok) throw new Error(answer.status);
        this.show(await answer.json());
        this.state.textContent = this.dataset.saved;
      } catch {
        this.state.textContent = this.dataset.unsaved;
      }
    }
    show(said) {
      for (const [prefix, key] of Object.entries(said.new)) {
        const line = this.list.querySelector(`[data-line="${prefix}"]`);
        if (line) this.rename(line, `p${key}`);
      }
      for (const line of this.list.children) this.mark(line, said.faults[line.dataset.line] ?? {});
      document.querySelector("[data-summary]").textContent = said.summary;
    }
    mark(line, faults) {
      line.classList.toggle("line--wrong", Object.keys(faults).length > 0);
      for (const input of line.querySelectorAll(".line__cell input")) {
        const text = faults[input.name.split("-")[1]];
        input.parentElement.querySelector(".line__fault")?.remove();
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
        if (!text) continue;
        const note = Object.assign(document.createElement("p"), { className: "line__fault", textContent: text });
        note.id = `${input.name}-fault`;
        input.after(note);
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", note.id);
      }
    }
  },
);
