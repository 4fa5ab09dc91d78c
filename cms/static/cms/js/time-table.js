// Keeps the room heads above their columns while a wide timetable is scrolled sideways.
customElements.define(
  "time-table",
  class extends HTMLElement {
    connectedCallback() {
      const heads = this.querySelector(".timetable__heads");
      const list = this.querySelector(".timetable__list");
      if (!heads || !list) return;
      list.addEventListener("scroll", () => (heads.scrollLeft = list.scrollLeft), { passive: true });
      if (this.matches(".timetable--many")) list.tabIndex = 0;
    }
  },
);
