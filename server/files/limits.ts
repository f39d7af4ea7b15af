// How much of a file is looked at, for how long, and with how much memory. What goes beyond them has no preview or text; nothing fails by it.

const MB = 1024 * 1024;

/** Bytes of a file that are read to make text or a preview of it; larger ones have none. */
export const INPUT_BYTES = 64 * MB;
/** Bytes of a plain text that are read for its words; the rest is left out. */
export const PLAIN_BYTES = MB;
/** Width times height of a picture; 50 million are 200 MB as bare pixels. */
export const PIXELS = 50_000_000;
/** Bytes that the parts of a document may have in all, unpacked. */
export const DOCUMENT_BYTES = 24 * MB;
/** Files in the archive that a document is. */
export const DOCUMENT_PARTS = 2000;
/** Pages of a PDF that are read; the rest is left out. */
export const PDF_PAGES = 500;

/** Of one process: what JavaScript may hold, and all of it. */
export const HEAP_MB = 256;
export const RSS_BYTES = 640 * MB;
