// Hears that the exchange changed and puts the page's parts in place anew; asks where sockets do not pass.
// A part in which somebody writes or holds something is left alone until she has finished.
const OPENS_WITHIN = 8000; // ms; some networks swallow sockets without an answer
const OWN_WAIT = 30; // ms; what concerns the reader concerns few others, who would all ask at once
const TRIES_AGAIN = 5000; // ms until a part that did not come is fetched once more
const RESTS = 5000; // ms until the server is asked again that had no leisure, twice as long each time
const RESTS_AT_MOST = 40000;
const FREES = ["focusout", "put-down"]; // what may let a part go

// What a part shows; the forms' tokens are new in each answer.
const looks = (part) => part.outerHTML.replaceAll(/(name="csrfmiddlewaretoken" value|data-token)="[^"]*"/g, "");

customElements.define(
  "exchange-live",
  class extends HTMLElement {
    connectedCallback() {
      this.wait = 2000;
      this.rest = RESTS;
      const button = this.querySelector("[data-pause]");
      button.hidden = false;
      button.onclick = () => {
        this.paused = !this.paused;
        button.setAttribute("aria-pressed", String(this.paused));
        this.recheck();
      };
      this.recheck = () => this.heard && this.arrived(this.heard);
      this.seen = () => {
        if (!document.hidden && this.socket?.readyState !== 1) this.poll();
        this.recheck();
      };
      for (const name of FREES) document.addEventListener(name, this.recheck);
      document.addEventListener("visibilitychange", this.seen);
      document.getElementById("dialog")?.addEventListener("close", this.recheck);
      this.open();
    }
    disconnectedCallback() {
      this.gone = true;
      for (const name of FREES) document.removeEventListener(name, this.recheck);
      document.removeEventListener("visibilitychange", this.seen);
      [this.timer, this.limit, this.soon].forEach(clearTimeout);
      this.socket?.close();
    }
    open() {
      if (this.gone) return;
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const kind = this.dataset.kind ? `?${this.dataset.kind}` : "";
      try {
        this.socket = new WebSocket(`${scheme}//${location.host}/ws/events/${this.dataset.event}/exchange/${kind}`);
      } catch {
        return this.later();
      }
      this.socket.onmessage = (message) => {
        this.wait = 2000;
        const { version, own } = JSON.parse(message.data);
        this.arrived(version, own);
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
      if (this.wait > 3000) this.poll();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.open(), this.wait * (0.7 + Math.random() * 0.6));
      this.wait = Math.min(this.wait * 2, 30000);
    }
    async poll() {
      if (document.hidden) return;
      try {
        const answer = await fetch(this.dataset.poll, { headers: { Accept: "application/json" } });
        if (answer.ok) this.arrived((await answer.json()).version);
      } catch {
        // away; the next round asks again
      }
    }
    // Many changes in one moment are one look; a little chance keeps a thousand pages from asking at once.
    arrived(version, own) {
      if (!version || version === Number(this.dataset.version)) return;
      this.heard = version;
      this.own ||= own;
      if (document.hidden || this.paused) return;
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.renew(version), this.own ? OWN_WAIT : 80 + Math.random() * 240);
    }
    isTouched(part) {
      if (part.querySelector("[data-held]")) return true;
      return [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].some((field) => {
        if (field === document.activeElement) return true;
        if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
        if (field.tagName === "SELECT") return [...field.options].some((one) => one.selected !== one.defaultSelected);
        return field.value !== field.defaultValue;
      });
    }
    async renew(version) {
      if (this.gone || this.busy || document.querySelector("dialog[open]")) return;
      this.busy = true;
      const { own } = this;
      this.own = false;
      try {
        const page = await this.page(own);
        this.rest = RESTS;
        let whole = true;
        for (const name of [...this.dataset.part.split(", "), "#exchange-tabs"]) {
          const part = document.querySelector(name);
          const fresh = page.querySelector(name);
          if (part && fresh) whole = this.put(part, fresh) && whole;
        }
        if (!whole) this.tell();
        else {
          this.dataset.version = page.querySelector("exchange-live")?.dataset.version ?? version;
          this.querySelector("p")?.remove();
          if (this.heard <= Number(this.dataset.version)) this.heard = 0;
        }
      } catch {
        this.own ||= own;
        this.soon = setTimeout(this.recheck, own ? TRIES_AGAIN : this.rest * (0.5 + Math.random()));
        this.rest = Math.min(2 * this.rest, RESTS_AT_MOST);
      } finally {
        this.busy = false;
        if (this.heard > version) this.arrived(this.heard);
      }
    }
    // What concerns others is background work (RFC 9218): where the server has no leisure now, it says so.
    async page(own) {
      const headers = own ? {} : { Priority: "u=7" };
      const answer = await fetch(location.pathname + location.search, { headers });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      // Its styles carry another nonce than this page allows, and are not needed.
      const text = (await answer.text()).replaceAll(/<style[^]*?<\/style>/g, "");
      return new DOMParser().parseFromString(text, "text/html");
    }
    // Put the fresh part in place unless somebody writes there; tell whether nothing is left to do.
    put(part, fresh) {
      if (looks(part) === looks(fresh)) return true;
      if (this.isTouched(part)) return false;
      const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
      const focused = part.contains(document.activeElement) && document.activeElement.id;
      const scrolled = [...part.querySelectorAll("[data-scrolls][id]")].map((one) => [one.id, one.scrollLeft, one.scrollTop]);
      part.replaceWith(fresh);
      for (const [id, left, top] of scrolled) document.getElementById(id)?.scrollTo({ left, top, behavior: "instant" });
      for (const id of open) fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
      if (focused) document.getElementById(focused)?.focus();
      window.htmx?.process(fresh);
      return true;
    }
    tell() {
      if (this.querySelector("p")) return;
      const words = document.createElement("p");
      words.className = "notice exchange__waits bo-note";
      words.setAttribute("role", "status");
      words.append(this.dataset.later);
      this.append(words);
    }
  },
);
