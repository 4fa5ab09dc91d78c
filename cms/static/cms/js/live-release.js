// Hears of new releases and fetches the page's part anew; asks by polling where sockets do not pass.
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
      this.open();
    }
    disconnectedCallback() {
      this.gone = true;
      clearTimeout(this.timer);
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
      this.socket.onclose = () => this.later();
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
      this.dataset.release = number;
      const part = this.dataset.part || "#programme";
      if (!window.htmx || !document.querySelector(part)) return;
      await window.htmx.ajax("GET", location.pathname + location.search, { target: part, select: part, swap: "outerHTML" });
      document.dispatchEvent(new CustomEvent("plenum:say", { detail: "updated" }));
    }
  },
);
