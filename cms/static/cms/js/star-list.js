// Stars: kept in this browser for visitors, on the server for signed-in people, whose forms work without this.
customElements.define(
  "star-list",
  class extends HTMLElement {
    connectedCallback() {
      this.event = this.dataset.event;
      this.codes = new Set(this.signedIn ? (this.dataset.codes || "").split(" ").filter(Boolean) : this.kept());
      this.click = (event) => this.clicked(event);
      this.again = () => this.draw();
      this.other = (event) => event.key === this.key && ((this.codes = new Set(this.kept())), this.draw());
      document.addEventListener("click", this.click);
      document.addEventListener("htmx:afterSettle", this.again);
      document.addEventListener("plenum:time", this.again);
      window.addEventListener("storage", this.other);
      this.draw();
      if (this.signedIn && this.dataset.merge && this.kept().length) this.merge();
    }
    disconnectedCallback() {
      document.removeEventListener("click", this.click);
      document.removeEventListener("htmx:afterSettle", this.again);
      document.removeEventListener("plenum:time", this.again);
      window.removeEventListener("storage", this.other);
    }
    get signedIn() {
      return this.hasAttribute("data-signed-in");
    }
    get key() {
      return `plenum.stars.${this.event}`;
    }
    kept() {
      try {
        return JSON.parse(localStorage.getItem(this.key) || "[]");
      } catch {
        return [];
      }
    }
    buttons() {
      return document.querySelectorAll(`button[data-star][data-event="${CSS.escape(this.event)}"]`);
    }
    draw() {
      this.buttons().forEach((button) => button.setAttribute("aria-pressed", String(this.codes.has(button.dataset.star))));
      document.querySelectorAll("[data-star-count]").forEach((place) => {
        place.textContent = this.codes.size || "";
      });
      this.clash();
    }
    // Names on each starred session the other starred ones that are held at the same time.
    clash() {
      const all = [...document.querySelectorAll("[data-start][data-code]")].map((row) => ({
        code: row.dataset.code,
        start: Date.parse(row.dataset.start),
        end: Date.parse(row.dataset.end),
        place: row.querySelector(".session__clash"),
        row,
      }));
      const starred = all.filter((one) => this.codes.has(one.code)).sort((one, other) => one.start - other.start);
      for (const one of all) {
        if (!one.place) continue;
        const others = starred.includes(one) ? starred.filter((other) => other !== one && other.start < one.end && one.start < other.end) : [];
        one.place.hidden = !others.length;
        one.place.lastElementChild.textContent = others.length ? this.said(others) : "";
      }
    }
    said(others) {
      const words = others.map(({ row }) => {
        const times = row.querySelectorAll("time");
        const values = { title: row.querySelector(".session__title").textContent, start: times[0].textContent, end: times[1].textContent };
        return this.dataset.other.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
      });
      return this.dataset.overlaps.replace("%(sessions)s", () => words.join("; "));
    }
    async clicked(event) {
      const only = event.target.closest?.("button[data-only-stars]");
      if (only) return this.only(only);
      const button = event.target.closest?.("button[data-star]");
      if (!button || button.dataset.event !== this.event) return;
      event.preventDefault();
      const code = button.dataset.star;
      const on = !this.codes.has(code);
      this.toggle(code, on);
      if (this.signedIn) {
        const form = button.form;
        try {
          const body = new FormData(form, button);
          body.set("on", on ? "1" : "0");
          const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
          if (!answer.ok) throw new Error(answer.status);
        } catch {
          this.toggle(code, !on);
          return form.submit();
        }
      } else localStorage.setItem(this.key, JSON.stringify([...this.codes]));
      document.dispatchEvent(new CustomEvent("plenum:say", { detail: on ? "starred" : "unstarred" }));
    }
    toggle(code, on) {
      if (on) this.codes.add(code);
      else this.codes.delete(code);
      this.draw();
    }
    only(button) {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      document.querySelectorAll(".timetable").forEach((timetable) => {
        if (on) timetable.dataset.only = "stars";
        else delete timetable.dataset.only;
      });
    }
    async merge() {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", this.dataset.csrf || "");
      body.set("event", this.event);
      for (const code of this.kept()) body.append("code", code);
      const answer = await fetch(this.dataset.merge, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      for (const code of this.kept()) this.codes.add(code);
      localStorage.removeItem(this.key);
      this.draw();
    }
  },
);

// After log-in: what this browser has kept of any event joins the agenda, which is then shown anew.
customElements.define(
  "star-merge",
  class extends HTMLElement {
    async connectedCallback() {
      let merged = false;
      for (const key of Object.keys(localStorage).filter((key) => key.startsWith("plenum.stars."))) {
        const body = new FormData();
        body.set("csrfmiddlewaretoken", this.dataset.csrf);
        body.set("event", key.slice("plenum.stars.".length));
        try {
          for (const code of JSON.parse(localStorage.getItem(key))) body.append("code", code);
          const answer = await fetch(this.dataset.merge, { method: "POST", body });
          if (!answer.ok) continue;
        } catch {
          continue; // away, or not our list: it stays for another time
        }
        localStorage.removeItem(key);
        merged = true;
      }
      if (merged && window.htmx) window.htmx.ajax("GET", location.pathname, { target: "#main", select: "#main", swap: "outerHTML" });
    }
  },
);
