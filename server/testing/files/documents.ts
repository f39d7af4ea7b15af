// Documents and pictures, as small as they can be, with words of choice in them.
import { makeZip, type Part } from './zip.ts';

const xml = (body: string) => Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`);
const WORDPROCESSING = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument';

/** What every Word document has, beside its text. */
export const docxFrame: readonly Part[] = [
  {
    name: '[Content_Types].xml',
    bytes: xml(
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    ),
  },
  {
    name: '_rels/.rels',
    bytes: xml(
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${OFFICE}" Target="word/document.xml"/></Relationships>`,
    ),
  },
];

export const docxBody = (text: string): Buffer =>
  xml(
    `<w:document xmlns:w="${WORDPROCESSING}"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`,
  );

export const makeDocx = (text: string): Buffer =>
  makeZip([...docxFrame, { name: 'word/document.xml', bytes: docxBody(text) }]);

/** @param text without brackets. @param stream what stands for the page instead of it, with its dictionary entries */
export function makePdf(
  text: string,
  stream?: { readonly bytes: Uint8Array; readonly says: string },
): Buffer {
  const content = stream?.bytes ?? Buffer.from(`BT /F1 24 Tf 72 700 Td (${text}) Tj ET`);
  const objects = [
    Buffer.from('<</Type/Catalog/Pages 2 0 R>>'),
    Buffer.from('<</Type/Pages/Kids[3 0 R]/Count 1>>'),
    Buffer.from(
      '<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    ),
    Buffer.concat([
      Buffer.from(`<</Length ${content.length}${stream?.says ?? ''}>>\nstream\n`),
      content,
      Buffer.from('\nendstream'),
    ]),
    Buffer.from('<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'),
  ];
  const pieces: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  let at = 9;
  const offsets = objects.map((object, index) => {
    const piece = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    const offset = at;
    pieces.push(piece);
    at += piece.length;
    return offset;
  });
  const table = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  pieces.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(pieces);
}
