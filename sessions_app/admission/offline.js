// Keeps the door's page and a person's own tickets, so that they open without a network. A page is kept
// only when the server says until when (with the log-in), and dropped when it no longer answers with it.
const NAME = `plenum ${new URL(self.registration.scope).pathname}`;
const PAGE = /^\/[a-z-]+\/(door|me\/tickets)\/[^/]+\/$/;
const UNTIL = "Plenum-Keep-Until";
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const isFresh = (response) => Number(response.headers.get(UNTIL)) * 1000 > Date.now();

const keepOrDrop = async (path, response) => {
  const cache = await caches.open(NAME);
  if (response.status === 200 && !response.redirected && isFresh(response)) await cache.put(path, response.clone());
  else if (response.status < 500) await cache.delete(path);
};

const keptPage = async (path) => {
  const cache = await caches.open(NAME);
  const page = await cache.match(path);
  if (page && isFresh(page)) return page;
  if (page) await cache.delete(path);
  return undefined;
};

const answerPage = async (event, path) => {
  const kept = await keptPage(path);
  const asked = fetch(event.request);
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error("late")));
  try {
    const response = await (kept ? Promise.race([asked, late]) : asked);
    if (response.status >= 500 && kept) return kept;
    await keepOrDrop(path, response);
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};

// Files whose name holds a digest never change; others are fetched anew behind the page.
const answerFile = async (event) => {
  const cache = await caches.open(NAME);
  const kept = await cache.match(event.request.url);
  if (!kept) return fetch(event.request);
  if (!/\.[0-9a-f]{12}\./.test(event.request.url))
    event.waitUntil(fetch(event.request).then((fresh) => fresh.ok && cache.put(event.request.url, fresh)).catch(() => {}));
  return kept;
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && PAGE.test(url.pathname) && !url.search) event.respondWith(answerPage(event, url.pathname));
  else if (url.pathname.startsWith("/static/")) event.respondWith(answerFile(event));
});

const keep = async ({ page, files }) => {
  const cache = await caches.open(NAME);
  const wanted = new Set(files);
  const pages = (await cache.keys()).filter((request) => !new URL(request.url).pathname.startsWith("/static/"));
  const others = pages.filter((request) => new URL(request.url).pathname !== page);
  if (!others.length) // other pages may still need older files
    for (const request of await cache.keys())
      if (!pages.includes(request) && !wanted.has(request.url)) await cache.delete(request);
  for (const file of files) if (!(await cache.match(file))) await cache.add(file);
  if (PAGE.test(page)) await keepOrDrop(page, await fetch(page));
  return (await cache.match(page)) !== undefined;
};

self.addEventListener("message", (event) => {
  event.waitUntil(
    keep(event.data)
      .catch(async () => (await keptPage(event.data.page)) !== undefined)
      .then((kept) => event.ports[0]?.postMessage(kept)),
  );
});
