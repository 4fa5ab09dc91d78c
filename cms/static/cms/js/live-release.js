// Hears of new releases and fetches the page's part anew; asks by polling where sockets do not pass.
const OPENS_WITHIN = 8000; // ms; some networks swallow sockets without an answer
const TRIES_AGAIN = 10000; // ms until a part that did not come is fetched once more

customElements.define(
  "live-release",
  class extends HTMLElement {
    connectedCallback() {
      this.wait = 2000;
      const button = this.querySelector("[data-pause]");
      if (button) {
        button.hidden = false;
        button.onclick = () => {
          this.paused = !this.paused;
          button.setAttribute("aria-pressed", String(this.paused));
          if (!this.paused && this.heard) this.arrived(this.heard);
        };
      }
      this.seen = () => {
        if (!document.hidden && this.socket?.readyState !== 1) this.poll();
      };
      document.addEventListener("visibilitychange", this.seen);
      this.open();
    }
    disconnectedCallback() {
      this.gone = true;
      document.removeEventListener("visibilitychange", this.seen);
      [this.timer, this.limit, this.retry].forEach(clearTimeout);
      this.socket?.close();
    }
    get known() {
      return Number(this.dataset.release || 0);
    }
    open() {
      if (this.gone) return;
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      try {
        this.socket = new WebSocket(`${scheme}//${location.host}/ws/events/${this.dataset.event}/`);
      } catch {
        return this.later();
      }
      this.socket.onmessage = (message) => {
        this.wait = 2000;
        this.arrived(JSON.parse(message.data).release);
      };
      const { socket } = this;
      this.limit = setTimeout(() => socket.readyState === 0 && socket.close(), OPENS_WITHIN);
      socket.onclose = () => {
        clearTimeout(this.limit);
        this.later();
      };
    }
    later() {
      if (this.gone) return;
      if (this.wait > 8000) this.poll();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.open(), this.wait * (0.7 + Math.random() * 0.6));
      this.wait = Math.min(this.wait * 2, 60000);
    }
    async poll() {
      if (!this.dataset.poll || document.hidden) return;
      try {
        const answer = await fetch(this.dataset.poll, { headers: { Accept: "application/json" } });
        if (answer.ok) this.arrived((await answer.json()).release);
      } catch {
        // away; the next round asks again
      }
    }
    async arrived(number) {
      if (!number || number === this.known) return;
      this.heard = number;
      if (this.paused) return;
      const before = this.known;
      this.dataset.release = number;
      if (await this.fetched(this.dataset.part || "#programme")) {
        document.dispatchEvent(new CustomEvent("plenum:say", { detail: "updated" }));
      } else {
        this.dataset.release = before;
        this.retry = setTimeout(() => this.arrived(this.heard), TRIES_AGAIN);
      }
    }
    // Put the page's part in place as it is now; tell whether it came.
    async fetched(part) {
      if (!window.htmx || !document.querySelector(part)) return true; // nothing to renew on this page
      let came = false;
      const swapped = () => (came = true);
      document.addEventListener("htmx:afterSwap", swapped);
      try {
        await window.htmx.ajax("GET", location.pathname + location.search, { target: part, select: part, swap: "outerHTML" });
      } catch {
        came = false;
      }
      document.removeEventListener("htmx:afterSwap", swapped);
      return came;
    }
  },
);
