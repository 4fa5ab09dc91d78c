// Live parts of an exchange's pages, rows that are added, days that are ticked as a whole.
// Without it every page works: a form adds the row, a reload shows the change.

// Hears that the exchange changed and fetches the page's parts anew; polls where sockets do not pass.
customElements.define(
  "exchange-live",
  class extends HTMLElement {
    connectedCallback() {
      this.wait = 2000;
      this.open();
      // What waited while somebody was typing is put in place once she has finished.
      this.recheck = () => this.heard && this.arrived(this.heard);
      document.addEventListener("focusout", this.recheck);
      document.addEventListener("visibilitychange", this.recheck);
    }
    disconnectedCallback() {
      this.gone = true;
      clearTimeout(this.timer);
      clearTimeout(this.soon);
      document.removeEventListener("focusout", this.recheck);
      document.removeEventListener("visibilitychange", this.recheck);
      this.socket?.close();
    }
    get parts() {
      return this.dataset.part.split(",").map((part) => part.trim());
    }
    open() {
      if (this.gone) return;
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      try {
        this.socket = new WebSocket(`${scheme}//${location.host}/ws/events/${this.dataset.event}/exchange/`);
      } catch {
        return this.later();
      }
      this.socket.onmessage = (message) => {
        this.wait = 2000;
        this.arrived(JSON.parse(message.data).version);
      };
      this.socket.onclose = () => this.later();
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
    arrived(version) {
      if (!version || version === Number(this.dataset.version)) return;
      this.heard = version;
      if (document.hidden) return;
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.fetchParts(), 80 + Math.random() * 240);
    }
    // A part in which somebody writes or has marked something is left alone.
    isTouched(part) {
      const fields = part.querySelectorAll("input:not([type=hidden]), textarea, select");
      return [...fields].some((field) => {
        if (field.matches("textarea:focus, select:focus, input:focus")) return true;
        if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
        if (field.tagName === "SELECT") return [...field.options].some((one) => one.selected !== one.defaultSelected);
        return field.value !== field.defaultValue;
      });
    }
    async fetchParts() {
      if (this.gone || this.busy || document.querySelector("dialog[open]")) return;
      const version = this.heard;
      const found = this.parts.map((name) => [name, document.querySelector(name)]).filter(([, part]) => part);
      const free = found.filter(([, part]) => !this.isTouched(part));
      if (free.length < found.length) this.tell();
      if (!free.length) return;
      this.busy = true;
      try {
        const answer = await fetch(location.pathname + location.search, { headers: { "X-Requested-With": "exchange-live" } });
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const [name, part] of [...free, ["#exchange-tabs", document.getElementById("exchange-tabs")]]) {
          const fresh = page.querySelector(name);
          if (fresh && part && !this.isTouched(part)) this.put(part, fresh);
        }
        if (free.length === found.length) {
          this.dataset.version = page.querySelector("exchange-live")?.dataset.version ?? version;
          this.heard = 0;
          this.querySelector("p")?.remove();
        }
      } catch {
        // away; the next message asks again
      } finally {
        this.busy = false;
        if (this.heard && this.heard !== version) this.arrived(this.heard);
      }
    }
    put(part, fresh) {
      if (part.innerHTML === fresh.innerHTML) return;
      const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
      const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
      part.replaceWith(fresh);
      for (const id of open) {
        const again = document.getElementById(id);
        if (again) again.open = true;
      }
      if (focused) document.getElementById(focused)?.focus();
      window.htmx?.process(fresh);
    }
    tell() {
      if (this.querySelector("p")) return;
      const words = document.createElement("p");
      words.className = "notice exchange__waits";
      words.setAttribute("role", "status");
      words.append(this.dataset.later);
      this.append(words);
    }
  },
);

// Adds a row from the template at once, where without script the button sends the form for it.
customElements.define(
  "offer-rows",
  class extends HTMLElement {
    connectedCallback() {
      const more = this.querySelector("#more");
      const count = this.querySelector("input[name=rows]");
      if (!more) return;
      more.addEventListener("click", (event) => {
        event.preventDefault();
        const number = Number(count.value);
        if (number >= 20) return;
        const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
        const name = (text) => text.replaceAll("o__n__", `o${number}`);
        for (const one of [row, ...row.querySelectorAll("*")])
          for (const attribute of [...one.attributes])
            if (attribute.value.includes("o__n__")) one.setAttribute(attribute.name, name(attribute.value));
        this.querySelector(".offers").append(row);
        count.value = number + 1;
        more.hidden = number + 1 >= 20;
        row.querySelector("textarea").focus();
      });
    }
  },
);

// Lets a whole day be ticked and unticked by its name.
customElements.define(
  "time-grid",
  class extends HTMLElement {
    connectedCallback() {
      for (const day of this.querySelectorAll("fieldset")) {
        const boxes = [...day.querySelectorAll("input[type=checkbox]")];
        if (boxes.length < 2) continue;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button--small button--quiet";
        button.textContent = this.dataset.all;
        button.addEventListener("click", () => {
          const all = boxes.every((box) => box.checked);
          for (const box of boxes) box.checked = !all;
        });
        day.querySelector("legend").after(button);
      }
    }
  },
);
