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

// Wagtail's dialogs have a heading but no name; their content comes after they are opened.
function nameDialogs() {
  document.querySelectorAll(".modal[role=dialog]").forEach((dialog, index) => {
    const heading = dialog.querySelector("h1, h2");
    if (!heading) return;
    heading.id ||= `dialog-heading-${index}`;
    dialog.setAttribute("aria-labelledby", heading.id);
  });
}

document.addEventListener("DOMContentLoaded", () => {
  startWithin(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(startWithin);
    nameDialogs();
  }).observe(document.body, { childList: true, subtree: true });
});

// A dialog that closes leaves the keyboard at the top of the page; bring it back to its button, or to
// the menu that has taken the button's place once something is chosen.
let opener;
document.addEventListener("click", (event) => {
  opener = event.target.closest("[data-chooser-action-choose]") ?? opener;
}, true);
window.jQuery?.(document).on("hidden.bs.modal", () => {
  const chooser = opener?.closest("[data-chooser], .chooser");
  const buttons = [...(chooser?.querySelectorAll("[data-chooser-action-choose], .w-dropdown__toggle") ?? [])];
  setTimeout(() => buttons.find((button) => button.offsetParent)?.focus());
});
