// Small files of every kind that is looked into, to be broken in all ways.
import { randomFillSync } from 'node:crypto';
import sharp from 'sharp';
import { makeDocx, makePdf } from '../documents.ts';
import { GIF, makePng } from '../pictures.ts';
import { makeZip } from '../zip.ts';

export interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
}

export async function makeSamples(): Promise<Sample[]> {
  const noise = randomFillSync(Buffer.alloc(24 * 16 * 3));
  const picture = sharp(noise, { raw: { width: 24, height: 16, channels: 3 } }).withExif({
    IFD0: { Copyright: 'x' },
  });
  const formats = ['jpeg', 'webp', 'tiff', 'avif'] as const;
  const pictures = await Promise.all(
    formats.map(async format => ({
      name: `a.${format}`,
      bytes: await picture.clone().toFormat(format).toBuffer(),
    })),
  );
  return [
    ...pictures,
    { name: 'a.png', bytes: makePng(24, 16) },
    { name: 'a.gif', bytes: GIF },
    { name: 'a.pdf', bytes: makePdf('Some words to be read') },
    { name: 'a.docx', bytes: makeDocx('Some words to be read') },
    { name: 'a.zip', bytes: makeZip([{ name: 'a.txt', bytes: Buffer.from('words '.repeat(50)) }]) },
    {
      name: 'a.svg',
      bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><path d="M0 0"/></svg>'),
    },
    { name: 'a.html', bytes: Buffer.from('<!doctype html><title>x</title><script>alert(1)</script>') },
    { name: 'a.mp4', bytes: Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free', 'latin1') },
    { name: 'a.csv', bytes: Buffer.from('a,b\n"1,2",3\n') },
    { name: 'a.json', bytes: Buffer.from('{"a":[1,2,{"b":"ü"}]}') },
  ];
}
