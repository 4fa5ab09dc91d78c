// Who has signed out leaves nothing of hers on the device: pages kept for a time without a network, the
// door's list of names. What the door has not sent yet stays.
if (document.querySelector('.site-header a[href$="/account/login/"]') && "caches" in window) {
  caches.keys().then((names) => {
    const kept = names.filter((name) => name.startsWith("plenum "));
    kept.forEach((name) => caches.delete(name));
    if (kept.length) indexedDB.deleteDatabase("plenum-door-list");
  });
}
