// Where a virus scanner listens, as CLAMAV_URL says it.

export type ClamavAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** `tcp://host[:port]` or `unix:/path`; undefined when the text is neither. */
export function parseClamavAddress(text: string): ClamavAddress | undefined {
  const path = /^unix:(?:\/\/)?(\/.+)$/.exec(text)?.[1];
  if (path) return { path };
  if (!/^tcp:\/\/[^/?#@]+\/?$/.test(text) || !URL.canParse(text)) return undefined;
  const { hostname, port } = new URL(text);
  if (!hostname || port === '0') return undefined;
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 3310) };
}
