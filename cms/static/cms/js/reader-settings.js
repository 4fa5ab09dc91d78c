// Shows a reader's setting at once, before it is kept.
customElements.define(
  "reader-settings",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", (event) => {
        const { name, value } = event.target;
        if (value) document.documentElement.dataset[name] = value;
        else delete document.documentElement.dataset[name];
        document.dispatchEvent(new Event("plenum:time"));
      });
      const back = this.querySelector("input[name=next]");
      if (back && !back.value && this.closest("dialog")) back.value = location.pathname + location.search + location.hash;
    }
  },
);
