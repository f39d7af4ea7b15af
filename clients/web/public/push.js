// The service worker: shows what the hub pushes while no page is open, and opens the place that it is about. It keeps nothing and fetches nothing.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));

self.addEventListener('push', event => {
  const { title, body, place, level, tag } = event.data?.json() ?? {};
  const shown = self.registration.showNotification(title || 'First Court', {
    body,
    // A second one of the same name takes the place of the first.
    tag,
    icon: '/favicon.svg',
    requireInteraction: level === 'critical',
    data: { place },
  });
  event.waitUntil(shown);
});

self.addEventListener('notificationclick', event => {
  event.notification.close();
  // A place of ours and nothing else: it becomes the part after the #.
  const { place } = event.notification.data ?? {};
  const address = new URL(
    `/#${typeof place === 'string' && place.startsWith('/') ? place : '/'}`,
    self.location.origin,
  );
  const open = async () => {
    const pages = await self.clients.matchAll({ type: 'window' });
    const [page] = pages;
    if (!page) return self.clients.openWindow(address.href);
    await page.focus();
    return page.navigate(address.href);
  };
  event.waitUntil(open());
});
