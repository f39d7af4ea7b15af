// Links to files elsewhere, shown with a message as cards: what stands in `meta.links`, and which addresses may stand there.
import { z } from 'zod';

export const fileIcon = z.enum([
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
]);
export type FileIcon = z.infer<typeof fileIcon>;

export const fileLink = z.object({
  url: z.string().max(2048),
  name: z.string().min(1).max(300),
  icon: fileIcon,
  provider: z.literal('google-drive'),
});
export type FileLink = z.infer<typeof fileLink>;

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
  return links.flatMap(link => {
    const parsed = fileLink.safeParse(link);
    return parsed.success && driveFileId(parsed.data.url) ? [parsed.data] : [];
  });
}
