// A visitor's agenda page is asked for by the codes that her browser keeps.
const kept = (event) => {
  try {
    return JSON.parse(localStorage.getItem(`plenum.stars.${event}`) || "[]");
  } catch {
    return [];
  }
};
const signedIn = () => document.querySelector("star-list[data-signed-in]") !== null;
const query = (codes) => `?s=${codes.map(encodeURIComponent).join(",")}`;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-agenda]");
  if (!link || signedIn()) return;
  const codes = kept(link.dataset.agenda);
  if (codes.length) link.search = query(codes);
});

customElements.define(
  "my-agenda",
  class extends HTMLElement {
    connectedCallback() {
      if (this.hasAttribute("data-kept")) return;
      const codes = kept(this.dataset.event);
      const shown = new URLSearchParams(location.search).get("s");
      if (shown === null && codes.length) location.replace(location.pathname + query(codes));
    }
  },
);
