// Times in the event's zone or in the reader's own; the server writes the event's.
const root = document.documentElement;
const mine = () => root.dataset.time === "my";
const format = new Intl.DateTimeFormat(root.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("sv", { dateStyle: "short" });

const offsetWords = (date) => {
  const minutes = -date.getTimezoneOffset();
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "-" : "+"}${Math.floor(Math.abs(minutes) / 60)}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
};

const show = (scope) => {
  scope.querySelectorAll("time[datetime*=T]").forEach((time) => {
    if (!time.closest("local-time, .timetable")) return; // deadlines keep the zone that is written beside them
    time.dataset.event ??= time.textContent;
    const date = new Date(time.getAttribute("datetime"));
    if (!mine()) time.textContent = time.dataset.event;
    else {
      const shift = Math.round((new Date(day.format(date)) - new Date(time.getAttribute("datetime").slice(0, 10))) / 864e5);
      time.textContent = format.format(date) + (shift ? ` ${shift > 0 ? "+" : "−"}${Math.abs(shift)}` : "");
    }
  });
};

customElements.define(
  "local-time",
  class extends HTMLElement {
    connectedCallback() {
      if (mine()) show(this.parentElement);
    }
  },
);

// <time-switch> turns all times of the page over and remembers it; it names the reader's zone.
customElements.define(
  "time-switch",
  class extends HTMLElement {
    connectedCallback() {
      this.onclick = (event) => {
        const button = event.target.closest("button[value], button[data-value]");
        if (!button) return;
        if (button.dataset.value === "my") root.dataset.time = "my";
        else delete root.dataset.time;
        document.cookie = `time=${root.dataset.time ?? ""}; path=/; max-age=${mine() ? 31536000 : 0}; samesite=lax`;
        document.dispatchEvent(new Event("plenum:time"));
      };
      this.again = () => this.draw();
      document.addEventListener("plenum:time", this.again);
      this.draw();
    }
    disconnectedCallback() {
      document.removeEventListener("plenum:time", this.again);
    }
    draw() {
      this.querySelectorAll("button[data-value]").forEach((button) => {
        button.setAttribute("aria-pressed", String((button.dataset.value === "my") === mine()));
        if (button.dataset.value === "my") button.title = offsetWords(new Date());
      });
    }
  },
);

const notes = () => {
  show(document);
  document.querySelectorAll("[data-my-zone]").forEach((note) => {
    note.hidden = !mine();
  });
  document.querySelectorAll("[data-zone-note]").forEach((note) => {
    note.dataset.event ??= note.textContent;
    const words = document.getElementById("toasts")?.dataset.yourTime;
    note.textContent = mine() ? `${words} (${offsetWords(new Date())})` : note.dataset.event;
  });
};
document.addEventListener("plenum:time", notes);
document.addEventListener("htmx:afterSettle", () => mine() && notes());
if (mine()) notes();
