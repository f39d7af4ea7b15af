// Which web pages may talk to the hub from a browser: its own, and those the operator allowed. Both doors ask here (attacks 1 and 15).

export interface OriginPolicy {
  /**
   * @param origin the `Origin` header; a client that sends none is no web page of another site
   * @param host the `Host` header, which names the hub's own pages
   */
  allows(origin: string | undefined, host: string | undefined): boolean;
}

/** @param origins exact origins such as `https://chat.example.com`, the public URL's among them */
export function createOriginPolicy(origins: readonly string[]): OriginPolicy {
  const allowed = new Set(origins.map(origin => new URL(origin).origin));
  return {
    allows(origin, host) {
      if (origin === undefined || allowed.has(origin)) return true;
      // The scheme may differ from ours behind a proxy that ends TLS.
      return host !== undefined && (origin === `https://${host}` || origin === `http://${host}`);
    },
  };
}
