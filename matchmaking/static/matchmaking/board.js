// Meetings are carried from place to place: by mouse, by a finger that first rests on one (so that it can still scroll), or
// with the keyboard (M picks one up, arrows choose among the free places, Enter puts it down, Escape leaves it). The server
// judges each move as it does the form's.
const REST = 350; // ms that a finger rests on a meeting before it lifts it
const SLACK = { mouse: 5, touch: 10, pen: 10 }; // px: farther is a drag of the mouse, a scroll of the finger
const EDGE = 48; // px from the edge of the board or of the window in which it scrolls
const FASTEST = 14; // px a frame, at the very edge

// How far to scroll in this frame, for a pointer at a place between two edges.
const pull = (at, low, high) => {
  const deep = Math.max(low + EDGE - at, 0) - Math.max(at - high + EDGE, 0);
  return -Math.sign(deep) * Math.ceil((Math.min(Math.abs(deep), EDGE) / EDGE) * FASTEST);
};

customElements.define(
  "plan-board",
  class extends HTMLElement {
    connectedCallback() {
      this.say = this.querySelector("[data-say]");
      this.scroller = this.querySelector(".mm-board");
      for (const cell of this.querySelectorAll("a[data-move]")) {
        cell.draggable = false; // a link's own dragging would take the pointer away
        cell.addEventListener("pointerdown", (event) => this.press(cell, event));
        // Only a listener that stood there before the touch may keep the browser from scrolling.
        cell.addEventListener("touchmove", (event) => this.pointer?.ghost && event.cancelable && event.preventDefault(), { passive: false });
        cell.addEventListener("contextmenu", (event) => this.pointer?.timer && event.preventDefault());
      }
      this.addEventListener("click", (event) => this.justCarried && event.preventDefault(), { capture: true });
      for (const name of ["pointerdown", "keydown"])
        this.addEventListener(name, () => (this.justCarried = false), { capture: true });
      this.addEventListener("keydown", (event) => this.key(event));
    }
    // A pointer goes down on a meeting; whether it will be carried is seen later.
    press(cell, event) {
      if (this.pointer || !event.isPrimary || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      this.drop(); // what the keyboard may hold
      const { pointerId: id, pointerType: kind, clientX: x, clientY: y } = event;
      const pointer = { id, kind, x, y, from: [x, y], ends: new AbortController() };
      this.pointer = pointer;
      this.hold();
      const hear = (name, act) =>
        addEventListener(name, (event) => event.pointerId === id && act(event), { signal: pointer.ends.signal });
      hear("pointermove", (event) => this.follow(cell, event));
      hear("pointerup", () => this.release());
      hear("pointercancel", () => this.release(true));
      const stop = (event) => event.key === "Escape" && pointer.ghost && this.release(true);
      addEventListener("keydown", stop, { signal: pointer.ends.signal });
      if (kind !== "mouse") pointer.timer = setTimeout(() => this.carry(cell), REST);
    }
    follow(cell, event) {
      const { pointer } = this;
      [pointer.x, pointer.y] = [event.clientX, event.clientY];
      if (pointer.kind === "mouse" && !event.buttons) return this.release(true); // let go outside the window
      if (pointer.ghost) return;
      const isFar = Math.hypot(pointer.x - pointer.from[0], pointer.y - pointer.from[1]) > SLACK[pointer.kind];
      if (!isFar) return;
      if (pointer.kind === "mouse") this.carry(cell);
      else this.release(true);
    }
    carry(cell) {
      const { pointer } = this;
      const box = cell.getBoundingClientRect();
      cell.setPointerCapture(pointer.id);
      pointer.offset = [box.left - pointer.from[0], box.top - pointer.from[1]];
      pointer.ghost = document.createElement("span");
      pointer.ghost.className = `${cell.className} mm-cell--carried`;
      pointer.ghost.setAttribute("aria-hidden", "true");
      pointer.ghost.append(...cell.cloneNode(true).childNodes);
      pointer.ghost.style.inlineSize = `${box.width}px`;
      this.append(pointer.ghost);
      this.lift(cell);
      this.tell(this.dataset.carried.replace("{who}", cell.dataset.who));
      this.frame();
    }
    // Once a frame: the meeting is where the pointer is, the board scrolls at its edges, the place below is marked.
    frame() {
      const { pointer, scroller } = this;
      if (!pointer?.ghost) return;
      const { x, y, offset, ghost } = pointer;
      ghost.style.transform = `translate(${x + offset[0]}px, ${y + offset[1]}px)`;
      const box = scroller.getBoundingClientRect();
      const corner = scroller.querySelector("thead th").getBoundingClientRect(); // heads stay where they are
      const [low, high] = [Math.max(corner.bottom, 0), Math.min(box.bottom, innerHeight)];
      scroller.scrollBy(pull(x, corner.right, Math.min(box.right, innerWidth)), pull(y, low, high));
      for (const page of [document.scrollingElement, scroller.closest("main")]) page?.scrollBy(0, pull(y, 0, innerHeight));
      const place = this.below(pointer);
      if (place !== pointer.place) {
        pointer.place?.classList.remove("mm-free--over");
        place?.classList.add("mm-free--over");
        pointer.place = place;
      }
      requestAnimationFrame(() => this.frame());
    }
    below({ x, y }) {
      return document.elementFromPoint(x, y)?.closest("a[data-slot]");
    }
    // The pointer goes up, or is taken away: then, and beside a free place, the meeting stays where it was.
    release(isLost = false) {
      const { pointer } = this;
      clearTimeout(pointer.timer);
      pointer.ends.abort();
      this.pointer = undefined;
      this.hold();
      if (!pointer.ghost) return;
      this.justCarried = true; // the click that follows is none
      setTimeout(() => (this.justCarried = false), 100);
      pointer.ghost.remove();
      const place = this.below(pointer);
      if (place && !isLost) return this.put(place);
      this.drop();
      this.tell(this.dataset.left);
    }
    lift(cell) {
      this.held = cell;
      this.hold();
      cell.classList.add("mm-cell--lifted");
      this.classList.add("mm-moving");
    }
    drop() {
      this.held?.classList.remove("mm-cell--lifted");
      this.classList.remove("mm-moving");
      for (const place of this.querySelectorAll(".mm-free--over")) place.classList.remove("mm-free--over");
      this.held = undefined;
      this.hold();
    }
    // Say whether a meeting is in somebody's hand: the board is not put in place anew then.
    hold() {
      const isHeld = Boolean(this.pointer || this.held);
      this.toggleAttribute("data-held", isHeld);
      if (!isHeld) this.dispatchEvent(new Event("put-down", { bubbles: true }));
    }
    key(event) {
      if (this.pointer) return;
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
    // Said over the page: words in its flow would push the places away below the pointer. Who carries a meeting with a
    // pointer sees that she does, and wants to see the places: then it is for who listens.
    tell(text) {
      clearTimeout(this.quiet);
      this.say.classList.toggle("mm-say--heard", Boolean(this.pointer));
      this.say.textContent = text;
      if (!this.held) this.quiet = setTimeout(() => (this.say.textContent = ""), 8000);
    }
  },
);
