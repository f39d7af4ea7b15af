// Files in words: how large, and of what kind, as people sort them.

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** `980 B`, `1.4 MB`; a thousand to the next. */
export function bytesWords(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 9.95 && unit !== 'B' ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

export type FileKind =
  | 'image'
  | 'video'
  | 'audio'
  | 'pdf'
  | 'document'
  | 'sheet'
  | 'slides'
  | 'archive'
  | 'code'
  | 'file';

const kinds: readonly [RegExp, FileKind][] = [
  [/^image\//, 'image'],
  [/^video\//, 'video'],
  [/^audio\//, 'audio'],
  [/^application\/pdf$/, 'pdf'],
  [/spreadsheet|ms-excel|^text\/(csv|tab-separated-values)$/, 'sheet'],
  [/presentation|ms-powerpoint/, 'slides'],
  [/wordprocessing|msword|opendocument\.text|^application\/rtf$|^text\/(plain|markdown)$/, 'document'],
  [/zip|x-tar|gzip|x-7z|x-rar|x-bzip|x-xz|zstd/, 'archive'],
  [/^text\/|json|javascript|xml|yaml|x-sh$/, 'code'],
];

export const fileKind = (type: string): FileKind =>
  kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'file';

const words: Record<FileKind, string> = {
  image: 'Picture',
  video: 'Video',
  audio: 'Sound',
  pdf: 'PDF',
  document: 'Document',
  sheet: 'Table',
  slides: 'Slides',
  archive: 'Archive',
  code: 'Text',
  file: 'File',
};

export const fileKindWords = (type: string): string => words[fileKind(type)];
