// Links to files elsewhere, shown with a message as cards: what stands in `meta.links`, and which addresses may stand there.
// Without zod, which the web client does without: it asks whether it may make code, and the page's policy says no, loudly.

export const fileIcons = [
  'document',
  'sheet',
  'slides',
  'form',
  'folder',
  'pdf',
  'image',
  'video',
  'audio',
  'file',
] as const;
export type FileIcon = (typeof fileIcons)[number];

export type FileLink = {
  readonly url: string;
  readonly name: string;
  readonly icon: FileIcon;
  readonly provider: 'google-drive';
};

export const NAME_CHARS = 300;
export const URL_CHARS = 2048;

/** Cards of one message; more would bury its words. */
export const MOST_LINKS = 5;

const HOSTS = ['drive.google.com', 'docs.google.com'];
const PATH = /^\/(?:a\/[\w.-]+\/)?(?:[a-z]+\/)*(?:u\/\d+\/)?(?:d|folders)\/([\w-]{10,128})(?:\/|$)/;

/** The file that an address of Google Drive leads to; undefined for every other address. */
export function driveFileId(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, port, username, pathname, searchParams } = new URL(address);
  if (protocol !== 'https:' || port || username || !HOSTS.includes(hostname)) return undefined;
  const named = /^\/(?:open|uc)$/.test(pathname) ? (searchParams.get('id') ?? '') : '';
  return PATH.exec(pathname)?.[1] ?? /^[\w-]{10,128}$/.exec(named)?.[0];
}

/** The addresses in a text that lead to files in Google Drive, each once. */
export function driveLinks(text: string): string[] {
  const found = text.match(/https:\/\/(?:drive|docs)\.google\.com\/[^\s<>()[\]"'`]+/g) ?? [];
  const whole = found.map(address => address.replace(/[.,;:!?*_~]+$/, ''));
  return [...new Set(whole)].filter(driveFileId).slice(0, MOST_LINKS);
}

/** The cards of a message: what a sender wrote there is believed only as far as it leads to Google Drive. */
export function linksOf(meta: Readonly<Record<string, unknown>> | undefined): FileLink[] {
  const links = Array.isArray(meta?.links) ? meta.links.slice(0, MOST_LINKS) : [];
  return links.filter(isLink);
}

function isLink(value: unknown): value is FileLink {
  const { url, name, icon, provider } = Object(value) as Record<string, unknown>;
  return (
    provider === 'google-drive' &&
    typeof url === 'string' &&
    url.length <= URL_CHARS &&
    driveFileId(url) !== undefined &&
    typeof name === 'string' &&
    name !== '' &&
    name.length <= NAME_CHARS &&
    fileIcons.some(known => known === icon)
  );
}
