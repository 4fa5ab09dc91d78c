// Starts Wagtail's own controls from data in the page, because inline scripts are not run here.
const CONTROLS = ["Chooser", "InlinePanel"];

function start(template) {
  const { control, args } = JSON.parse(template.dataset.start);
  template.removeAttribute("data-start");
  if (CONTROLS.includes(control) && typeof window[control] === "function") {
    new window[control](...args);
  }
}

function startWithin(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  if (node.matches("[data-start]")) start(node);
  node.querySelectorAll("[data-start]").forEach(start);
}

document.addEventListener("DOMContentLoaded", () => {
  startWithin(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(startWithin);
  }).observe(document.body, { childList: true, subtree: true });
});
