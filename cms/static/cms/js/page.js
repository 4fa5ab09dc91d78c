// What every page has: the shared dialog, toasts, copying, menus that close, buttons that wait.
const toasts = document.getElementById("toasts");
document.documentElement.classList.add("has-script");

const leave = (toast) =>
  setTimeout(() => {
    toast.classList.add("is-leaving");
    setTimeout(() => toast.remove(), 400);
  }, 6000);

const say = (text) => {
  if (!toasts || !text) return;
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  // One message at a time: the newest says what counts.
  toasts.replaceChildren(toast);
  leave(toast);
};
toasts?.querySelectorAll(".toast").forEach(leave);
document.addEventListener("plenum:say", (event) => say(toasts?.dataset[event.detail] ?? event.detail));

// A part fetched later carries its own answer's nonce, while the page's policy knows only the page's.
const nonce = document.querySelector("style[nonce]")?.nonce;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (nonce && detail.serverResponse) detail.serverResponse = detail.serverResponse.replace(/<style nonce="[^"]*"/g, `<style nonce="${nonce}"`);
});

// A link with hx-target="#dialog-body" opens the shared dialog once its part has come.
const dialog = document.getElementById("dialog");
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "dialog-body" && !dialog.open) dialog.showModal();
});
document.addEventListener("click", (event) => {
  const target = event.target;
  if (target instanceof HTMLDialogElement && target.open) target.close(); // the backdrop belongs to the dialog
  const opener = target.closest?.("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog)?.showModal();
  }
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A link that fetches a part opens a tab or a window as any other where the reader asks for one.
document.addEventListener(
  "click",
  (event) => {
    const asks = event.ctrlKey || event.metaKey || event.shiftKey;
    if (asks && event.target.closest?.("a[hx-get]")) event.stopPropagation();
  },
  true,
);

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(toasts.dataset.copied);
  } catch {
    window.prompt("", button.dataset.copy); // no permission or no secure context: copy by hand
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});

// A form that is on its way says so and is not sent twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog") return;
  const button = event.submitter;
  if (!button || event.target.matches("[hx-get], [hx-post]")) return;
  setTimeout(() => button.setAttribute("aria-busy", "true"));
});
window.addEventListener("pageshow", (event) => event.persisted &&
  document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy")),
);

// A row that scrolls sideways begins at the place where the reader is.
document.querySelectorAll(":is(.nav, .side, .days, .tabs) [aria-current]").forEach((link) => {
  const row = link.closest(".nav, .side, .days, .tabs");
  const { left, width } = link.getBoundingClientRect();
  row.scrollLeft += left - row.getBoundingClientRect().left - (row.clientWidth - width) / 2;
});
