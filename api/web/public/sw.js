// Keeps the page itself, so that an installed Parley opens without the network and can say what is wrong. Answers of
// the API, the links' tokens (they are behind the #, which no request carries) and calls are never kept.
const cacheName = "parley-page-1";
/** `/join/`, or what is that behind a reverse proxy. */
const pagePath = new URL("./", self.location.href).pathname;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.add(pagePath))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || !url.pathname.startsWith(pagePath))
    return;
  const key = request.mode === "navigate" ? pagePath : request;
  event.respondWith(
    fetch(request)
      .then((response) => {
        if (response.ok) {
          event.waitUntil(keep(key, response.clone()));
        }
        return response;
      })
      .catch(() => caches.match(key).then((kept) => kept ?? Response.error())),
  );
});

async function keep(key, response) {
  const cache = await caches.open(cacheName);
  const page = key === pagePath ? await response.clone().text() : undefined;
  await cache.put(key, response);
  if (page !== undefined) await dropOthers(cache, page);
}

/** The names of built files change with what is in them: what this page does not name belongs to an earlier version. */
async function dropOthers(cache, page) {
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    const file = pathname.startsWith(pagePath) ? pathname.slice(pagePath.length) : "";
    if (file.startsWith("assets/") && !page.includes(file)) await cache.delete(request);
  }
}
