// Fetches a part of the page anew every few seconds, until the part says that it is done; then the page itself.
customElements.define(
  "live-part",
  class extends HTMLElement {
    connectedCallback() {
      const button = this.querySelector("[data-pause]");
      this.querySelector("[data-without]")?.remove();
      if (button) {
        button.hidden = false;
        button.onclick = () => {
          this.paused = !this.paused;
          button.setAttribute("aria-pressed", String(this.paused));
        };
      }
      this.wait();
    }
    disconnectedCallback() {
      clearTimeout(this.timer);
    }
    wait() {
      this.timer = setTimeout(() => this.ask(), 1000 * Number(this.dataset.every || 2));
    }
    async ask() {
      if (this.paused || document.hidden) return this.wait();
      try {
        const answer = await fetch(this.dataset.from, { headers: { Accept: "text/html" } });
        const part = this.querySelector("[data-part]");
        if (answer.ok && part) {
          part.innerHTML = await answer.text();
          if (part.querySelector("[data-done]")) return location.reload();
        }
      } catch {
        // away; the next round asks again
      }
      this.wait();
    }
  },
);
