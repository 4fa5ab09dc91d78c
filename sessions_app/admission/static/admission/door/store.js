// What stays on the device: the queue, which outlives everything until the server has it, and the list
// with the door's own entries, which goes with the log-in.
const opened = (name, stores) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => stores.forEach(([store, options]) => request.result.createObjectStore(store, options));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // a log-out in another window deletes it
      resolve(request.result);
    };
  });

const done = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });

const value = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export class Store {
  constructor(slug) {
    this.slug = slug;
  }

  async open() {
    this.queueBase = await opened("plenum-door-queue", [["queue", { keyPath: "id", autoIncrement: true }]]);
    await this.openList();
  }

  async openList() {
    this.listBase = await opened("plenum-door-list", [["lists", { keyPath: "slug" }], ["own", { keyPath: "nonce" }]]);
  }

  // Returns only when the scan is on the disk, so that nothing is shown that could be lost.
  async push(entry) {
    const transaction = this.queueBase.transaction("queue", "readwrite", { durability: "strict" });
    transaction.objectStore("queue").add({ ...entry, slug: this.slug });
    await done(transaction);
  }

  async waiting() {
    const all = await value(this.queueBase.transaction("queue").objectStore("queue").getAll());
    return all.filter((entry) => entry.slug === this.slug);
  }

  async replace(entry) {
    const transaction = this.queueBase.transaction("queue", "readwrite");
    transaction.objectStore("queue").put(entry);
    await done(transaction);
  }

  async drop(entries) {
    const transaction = this.queueBase.transaction("queue", "readwrite");
    entries.forEach((entry) => transaction.objectStore("queue").delete(entry.id));
    await done(transaction);
  }

  async list() {
    return value(this.listBase.transaction("lists").objectStore("lists").get(this.slug));
  }

  async keepList(kept) {
    const transaction = this.listBase.transaction("lists", "readwrite");
    transaction.objectStore("lists").put({ ...kept, slug: this.slug });
    await done(transaction);
  }

  async own() {
    const all = await value(this.listBase.transaction("own").objectStore("own").getAll());
    return all.filter((entry) => entry.slug === this.slug);
  }

  async keepOwn(entry) {
    const transaction = this.listBase.transaction("own", "readwrite");
    transaction.objectStore("own").put({ ...entry, slug: this.slug });
    await done(transaction);
  }

  async forgetOwn(nonce) {
    const transaction = this.listBase.transaction("own", "readwrite");
    transaction.objectStore("own").delete(nonce);
    await done(transaction);
  }

  // The list's names must not outlive the log-in; the queue must.
  async forgetList() {
    const transaction = this.listBase.transaction(["lists", "own"], "readwrite");
    transaction.objectStore("lists").clear();
    transaction.objectStore("own").clear();
    await done(transaction);
  }
}
