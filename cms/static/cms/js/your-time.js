// Beside the event's time stands the reader's own, where the two clocks differ.
customElements.define(
  "your-time",
  class extends HTMLElement {
    connectedCallback() {
      const start = new Date(this.dataset.start);
      const end = new Date(this.dataset.end);
      const zone = document.querySelector("time[datetime*=T]")?.getAttribute("datetime");
      const offset = /([+-])(\d\d):(\d\d)$/.exec(zone || "");
      const there = offset ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
      if (!offset || -start.getTimezoneOffset() === there) return;
      const format = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      this.textContent = `${this.dataset.label}: ${format.formatRange(start, end)}`;
      this.hidden = false;
    }
  },
);
