// <on-now> keeps an event's card true while the page stays open: the server wrote what runs and what comes.
const SHOWN = 4;

customElements.define(
  "on-now",
  class extends HTMLElement {
    connectedCallback() {
      this.day = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeZone: this.dataset.zone });
      this.timer = setInterval(() => this.draw(), 20000);
      this.again = () => this.draw();
      document.addEventListener("plenum:time", this.again);
      this.draw();
    }
    disconnectedCallback() {
      clearInterval(this.timer);
      document.removeEventListener("plenum:time", this.again);
    }
    // On the reader's own clock where she has chosen it, as all times beside it are.
    shown(moment) {
      const zone = document.documentElement.dataset.time === "my" ? undefined : this.dataset.zone;
      return new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(moment);
    }
    draw() {
      const now = Date.now();
      const all = [...this.querySelectorAll("[data-start]")];
      const start = (entry) => Date.parse(entry.dataset.start);
      const open = all.filter((entry) => Date.parse(entry.dataset.end) > now);
      if (!open.length) return; // the server's last words stay
      const running = open.filter((entry) => start(entry) <= now);
      const later = open.filter((entry) => start(entry) > now);
      const date = later.length && this.day.format(start(later[0]));
      const shown = running.length
        ? [...running.slice(0, SHOWN - 1), ...later.slice(0, 1)]
        : later.filter((entry) => this.day.format(start(entry)) === date).slice(0, SHOWN);
      all.forEach((entry) => {
        entry.hidden = !shown.includes(entry);
        entry.querySelector("[data-next]").hidden = !(running.length && later.includes(entry));
      });
      this.querySelector("[data-when=now]").hidden = !running.length;
      this.querySelector("[data-when=later]").hidden = Boolean(running.length);
      const clock = this.querySelector("[data-clock]");
      if (clock) clock.textContent = this.shown(now);
    }
  },
);
