// Looks again by itself how far a job has come, and loads the page anew at its end; without it a link does.
const EVERY = 2000;
const ITSELF = "job-progress";

customElements.define(
  ITSELF,
  class extends HTMLElement {
    connectedCallback() {
      this.querySelectorAll("[data-without]").forEach((part) => (part.hidden = true));
      this.wait();
    }
    disconnectedCallback() {
      clearTimeout(this.timer);
    }
    wait() {
      this.timer = setTimeout(() => this.look(), EVERY);
    }
    async look() {
      if (document.hidden) return this.wait();
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (answer.ok) {
          const now = page.querySelector(`${ITSELF} [data-part]`);
          if (!now) return location.reload(); // done, or signed out: the page itself says which
          const before = this.querySelector("[data-part]");
          if (before.innerHTML !== now.innerHTML) before.replaceWith(now); // else a warning would be read out again
        }
      } catch {
        // away; the next look asks again
      }
      this.wait();
    }
  },
);
