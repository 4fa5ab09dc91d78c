// Marks what is on now and puts a line at the present minute, in the list and in the grid alike.
const words = () => JSON.parse(document.getElementById("toasts")?.dataset.onNow || "{}");
const rules = new Intl.PluralRules(document.documentElement.lang);
const clock = (date, zone) => {
  const shown = document.documentElement.dataset.time === "my" ? undefined : zone || undefined;
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: shown }).format(date);
};

customElements.define(
  "now-line",
  class extends HTMLElement {
    connectedCallback() {
      this.row = this.closest(".now-row");
      this.list = this.row?.parentElement;
      if (!this.list) return;
      this.draw();
      if (location.hash === "#now" && !this.row.hidden && !this.jumped) this.row.scrollIntoView();
      this.jumped = true; // only on arriving; the row moves on with the time
      this.disconnectedCallback();
      this.timer = setInterval(() => this.draw(), 20000);
      this.again = () => this.draw();
      document.addEventListener("plenum:time", this.again);
      this.observer = new ResizeObserver(() => this.place());
      this.observer.observe(this.list);
    }
    disconnectedCallback() {
      // Moving the row inside its list also comes here; connectedCallback starts the clock again.
      clearInterval(this.timer);
      document.removeEventListener("plenum:time", this.again);
      this.observer?.disconnect();
    }
    get now() {
      return this.dataset.now ? Date.parse(this.dataset.now) : Date.now();
    }
    draw() {
      const { now } = this;
      const sessions = [...this.list.querySelectorAll(".session[data-start]")];
      let running = 0;
      for (const session of sessions) {
        const start = Date.parse(session.dataset.start);
        const end = Date.parse(session.dataset.end);
        const on = start <= now && now < end;
        session.classList.toggle("is-now", on);
        session.classList.toggle("is-past", end <= now && this.today(sessions));
        const tag = session.querySelector(".session__now");
        if (tag) tag.hidden = !on;
        if (on && !session.matches(".session--rest")) running += 1;
      }
      const starts = sessions.map((session) => Date.parse(session.dataset.start));
      const ends = sessions.map((session) => Date.parse(session.dataset.end));
      const within = sessions.length > 0 && Math.min(...starts) - 36e5 <= now && now < Math.max(...ends);
      this.row.hidden = !within;
      const shown = clock(now, this.dataset.zone);
      this.querySelector("[data-clock]").textContent = shown;
      this.count(within ? running : 0, shown);
      this.markToday();
      if (!within) return;
      const next = sessions.find((session) => Date.parse(session.dataset.start) > now);
      if (this.row.nextElementSibling !== (next ?? null)) this.list.insertBefore(this.row, next ?? null);
      this.place();
    }
    today(sessions) {
      const day = (moment) => new Date(moment).toLocaleDateString("sv", { timeZone: this.dataset.zone || undefined });
      return day(this.now) === day(sessions[0].dataset.start);
    }
    // The day's tab says where today is; from another day the way to what is on now leads there.
    markToday() {
      const date = new Date(this.now).toLocaleDateString("sv", { timeZone: this.dataset.zone || undefined });
      document.querySelectorAll("a.day").forEach((day) => day.classList.toggle("is-today", day.pathname.endsWith(`/${date}/`)));
      const today = document.querySelector("a.day.is-today:not([aria-current])");
      document.querySelectorAll("[data-now-count][data-today]").forEach((place) => {
        if (!today) return;
        place.href = `${today.href}#now`;
        place.textContent = place.dataset.today;
        place.hidden = false;
      });
    }
    count(running, shown) {
      document.querySelectorAll("[data-now-count]").forEach((place) => {
        place.hidden = this.row.hidden;
        const text = running ? (words()[rules.select(running)] ?? "#").replace("#", running) : "";
        place.textContent = text ? `${shown} · ${text}` : shown;
      });
    }
    // In the grid the line stands between the two marks of time around it.
    place() {
      if (getComputedStyle(this.row).position !== "absolute") return this.row.style.removeProperty("top");
      const marks = [...this.list.querySelectorAll(".tick[data-at]")];
      const at = (mark) => Date.parse(mark.dataset.at);
      const before = marks.findLast((mark) => at(mark) <= this.now);
      const after = marks.find((mark) => at(mark) > this.now);
      if (!before) return (this.row.hidden = true);
      const ends = [...this.list.querySelectorAll(".session[data-end]")].map((session) => Date.parse(session.dataset.end));
      const until = after ? at(after) : Math.max(...ends);
      const bottom = after ? after.offsetTop : this.list.clientHeight - 16;
      const share = Math.min((this.now - at(before)) / (until - at(before)), 1);
      this.row.style.top = `${before.offsetTop + share * (bottom - before.offsetTop)}px`;
    }
  },
);
