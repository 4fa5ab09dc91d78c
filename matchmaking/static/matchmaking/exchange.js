// Rows that are added, days that are ticked as a whole, and a word before the next meeting begins. Without it a form
// adds the row, and one's day shows what comes.

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

// Says whom one meets and where, as long before a meeting begins as the exchange wants.
customElements.define(
  "exchange-soon",
  class extends HTMLElement {
    connectedCallback() {
      this.className = "notice exchange__soon";
      this.setAttribute("role", "status");
      this.ask();
      // A little chance keeps a hall full of phones from asking in one moment.
      this.asks = setInterval(() => this.ask(), 240_000 + Math.random() * 120_000);
      this.ticks = setInterval(() => this.tick(), 10_000);
      this.seen = () => document.hidden || this.ask();
      document.addEventListener("visibilitychange", this.seen);
    }
    disconnectedCallback() {
      clearInterval(this.asks);
      clearInterval(this.ticks);
      document.removeEventListener("visibilitychange", this.seen);
    }
    async ask() {
      if (document.hidden) return;
      try {
        const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
        if (!answer.ok || answer.redirected) return;
        const next = await answer.json();
        if (next.now) this.shift = Date.parse(next.now) - Date.now();
        // One that has just begun is not forgotten for the one after it.
        if (!this.next || Date.parse(this.next.at) > Date.now() + this.shift || !this.isNear()) this.next = next;
        this.tick();
      } catch {
        // away; it asks again
      }
    }
    isNear() {
      if (!this.next?.at) return false;
      this.left = (Date.parse(this.next.at) - Date.now() - this.shift) / 60_000;
      return this.left <= this.next.minutes && this.left > -3;
    }
    tick() {
      const isNear = this.isNear();
      this.hidden = !isNear;
      if (!isNear) return;
      const minutes = Math.ceil(this.left);
      const words = minutes > 0 ? this.dataset.minutes.replace("{n}", minutes) : this.dataset.begins;
      const text = words.replace("{who}", this.next.text);
      if (this.said === text) return;
      this.said = text;
      const link = document.createElement("a");
      link.href = this.next.url;
      link.textContent = text;
      this.replaceChildren(link);
    }
  },
);
