// Meetings are carried from place to place: dragged, or with the keyboard (M picks one up, arrows choose among the free
// places, Enter puts it down, Escape leaves it). The server judges each move as it does the form's.
customElements.define(
  "plan-board",
  class extends HTMLElement {
    connectedCallback() {
      this.say = this.querySelector("[data-say]");
      for (const cell of this.querySelectorAll("a[data-move]")) {
        cell.draggable = true;
        cell.addEventListener("dragstart", (event) => {
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", cell.dataset.move);
          this.lift(cell);
        });
        cell.addEventListener("dragend", () => this.drop());
      }
      for (const place of this.querySelectorAll("a[data-slot]")) {
        place.addEventListener("dragover", (event) => {
          if (!this.held) return;
          event.preventDefault();
          place.classList.add("mm-free--over");
        });
        place.addEventListener("dragleave", () => place.classList.remove("mm-free--over"));
        place.addEventListener("drop", (event) => {
          event.preventDefault();
          this.put(place);
        });
      }
      this.addEventListener("keydown", (event) => this.key(event));
    }
    lift(cell) {
      this.held = cell;
      cell.classList.add("mm-cell--lifted");
      this.classList.add("mm-moving");
    }
    drop() {
      this.held?.classList.remove("mm-cell--lifted");
      this.classList.remove("mm-moving");
      for (const place of this.querySelectorAll(".mm-free--over")) place.classList.remove("mm-free--over");
      this.held = undefined;
    }
    key(event) {
      const cell = event.target.closest("a[data-move]");
      if (!this.held) {
        if (cell && event.key.toLowerCase() === "m" && !event.ctrlKey && !event.metaKey && !event.altKey) {
          event.preventDefault();
          this.lift(cell);
          this.from = cell;
          this.tell(this.dataset.lifted.replace("{who}", cell.dataset.who));
          this.near(cell, 0, 0)?.focus();
        }
        return;
      }
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (event.key === "Escape") {
        const { from } = this;
        this.drop();
        this.tell(this.dataset.left);
        from?.focus();
      } else if (step) this.near(event.target, ...step)?.focus();
      else if (event.key === "Enter" && event.target.matches("a[data-slot]")) this.put(event.target);
      else return;
      event.preventDefault();
    }
    // The free place that lies next in a direction, or next to where one is.
    near(from, down, right) {
      const box = from.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      let best;
      let least = Infinity;
      for (const place of this.querySelectorAll("a[data-slot]")) {
        if (place === from) continue;
        const at = place.getBoundingClientRect();
        const [dx, dy] = [at.left + at.width / 2 - x, at.top + at.height / 2 - y];
        if ((down && dy * down <= 1) || (right && dx * right <= 1)) continue;
        const far = down ? Math.abs(dy) + 3 * Math.abs(dx) : right ? Math.abs(dx) + 3 * Math.abs(dy) : Math.hypot(dx, dy);
        if (far < least) [best, least] = [place, far];
      }
      return best;
    }
    // Sent like the meeting's own form: what cannot be is said there, beside the times that can.
    put(place) {
      const cell = this.held;
      if (!cell) return;
      const form = document.createElement("form");
      form.method = "post";
      form.action = cell.dataset.move;
      const fields = { slot: place.dataset.slot, table: place.dataset.table, csrfmiddlewaretoken: this.dataset.token };
      for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        form.append(field);
      }
      document.body.append(form);
      this.drop();
      form.submit();
    }
    tell(text) {
      this.say.textContent = text;
    }
  },
);
