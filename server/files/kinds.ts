// What is done with each type of file: which pictures can be made smaller, which have words, and which a browser may show in a page of ours.

/** Drawn by a browser, and nothing in them can run. */
const PICTURES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'];
/** Played by a browser. */
const MEDIA = [
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/ogg',
  'audio/opus',
  'audio/wav',
  'audio/flac',
  'audio/x-flac',
  'video/mp4',
  'video/webm',
  'video/ogg',
];
/** Unpacked only where `block` in picture.ts lets them. SVG is a program, and never among them. */
const SHRINKABLE = [...PICTURES, 'image/tiff'];

export const PDF = 'application/pdf';
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
/** Texts whose characters are their words. Not HTML, SVG or XML, whose words lie between tags. */
export const PLAIN = [
  'text/plain',
  'text/csv',
  'text/tab-separated-values',
  'text/markdown',
  'application/json',
];

const inline = new Set([...PICTURES, ...MEDIA]);
const shrinkable = new Set(SHRINKABLE);
const readable = new Set([...PLAIN, PDF, DOCX]);

export const canShow = (type: string) => inline.has(type);
export const canShrink = (type: string) => shrinkable.has(type);
export const hasWords = (type: string) => readable.has(type);
