// Pictures, by libvips: their size, and smaller ones of them. Loaded when the first picture comes.
import { PIXELS } from './limits.ts';

/** Seconds for one picture; libvips stops by itself then. The process that it runs in is ended a little later. */
const SECONDS = 8;
const QUALITY = 78;

/** What sharp says of a file of this type. */
const MEDIA_TYPES: Readonly<Record<string, string>> = { 'image/heif': 'image/avif' };

/** Only the readers that are named here; above all none that draws SVG or PDF, or reads other files. */
const LOADERS = ['Jpeg', 'Png', 'Nsgif', 'Webp', 'Heif', 'Tiff'].map(name => `VipsForeignLoad${name}`);

async function load() {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp;
}

/** As shown: turned as its EXIF says. Undefined when the beginning does not say. */
export async function pictureSize(
  head: Uint8Array,
  type: string,
): Promise<{ width: number; height: number } | undefined> {
  const sharp = await load();
  try {
    const { autoOrient, mediaType } = await sharp(head, {
      failOn: 'none',
      limitInputPixels: false,
    }).metadata();
    return isOf(type, mediaType) && autoOrient.width > 0 && autoOrient.height > 0
      ? { width: autoOrient.width, height: autoOrient.height }
      : undefined;
  } catch {
    return undefined;
  }
}

/** @throws when it is broken, too large, too slow, or not of this type */
export async function shrink(bytes: Uint8Array, type: string, edge: number): Promise<Uint8Array | undefined> {
  const sharp = await load();
  const picture = sharp(bytes, { failOn: 'error', limitInputPixels: PIXELS, sequentialRead: true });
  const { mediaType } = await picture.metadata();
  if (!isOf(type, mediaType)) return undefined;
  // Without `keepMetadata` nothing of it is written: where a photo was taken stays with its owner.
  return picture
    .timeout({ seconds: SECONDS })
    .autoOrient()
    .resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: QUALITY })
    .toBuffer();
}

const isOf = (type: string, said: string | undefined) =>
  said !== undefined && (MEDIA_TYPES[said] ?? said) === type;
