// The words of PDFs, by PDF.js. Scripts, attachments, links and pictures in them are not touched.
import { TEXT_CHARS } from '../hub/ports-files.ts';
import { PDF_PAGES } from './limits.ts';

/** Page by page until there is enough. @throws when it is broken or wants a password */
export async function pdfText(bytes: Uint8Array): Promise<string> {
  const { getDocumentProxy } = await import('unpdf');
  const document = await getDocumentProxy(new Uint8Array(bytes), {
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    stopAtErrors: false,
    verbosity: 0,
  });
  try {
    let text = '';
    for (let number = 1; number <= Math.min(document.numPages, PDF_PAGES); number++) {
      text += `${await pageText(document, number)}\n\n`;
      if (text.length >= TEXT_CHARS) break;
    }
    return text;
  } finally {
    await document.destroy();
  }
}

type Document = Awaited<ReturnType<typeof import('unpdf')['getDocumentProxy']>>;

async function pageText(document: Document, number: number): Promise<string> {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  page.cleanup();
  return items.map(item => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
}
