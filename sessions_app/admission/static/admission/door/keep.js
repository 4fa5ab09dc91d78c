// Asks the service worker to keep this page and its files, so that it opens without a network.
export const keepPage = async (scope, extra = []) => {
  if (!("serviceWorker" in navigator)) return false;
  const tags = [...document.querySelectorAll("link[rel=stylesheet], link[rel=preload], link[rel=icon], script[src]")].map((tag) => tag.href || tag.src);
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const files = [...new Set([...tags, ...loaded, ...extra].map((url) => new URL(url, location).href))].filter((url) => url.startsWith(`${location.origin}/static/`));
  try {
    await navigator.serviceWorker.register("/offline.js", { scope });
    const { active } = await navigator.serviceWorker.ready; // only then does the kept page open without a network
    const channel = new MessageChannel();
    const kept = new Promise((resolve) => {
      channel.port1.onmessage = (event) => resolve(event.data === true);
    });
    active.postMessage({ page: location.pathname, files }, [channel.port2]);
    return await kept;
  } catch {
    return false; // without it the page still works while there is a network
  }
};

export const scopeAbove = () => location.pathname.replace(/[^/]+\/$/, "");
