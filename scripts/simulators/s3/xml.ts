// The little XML that S3 speaks.

/** A list is as many elements of the same name. */
export type Tree = {
  readonly [name: string]: string | number | boolean | undefined | Tree | readonly Tree[];
};

export const xml = (root: string, tree: Tree): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, tree)}`;

function element(name: string, value: Tree[string]): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(one => element(name, one)).join('');
  const inner =
    typeof value === 'object'
      ? Object.entries(value)
          .map(([name, value]) => element(name, value))
          .join('')
      : escaped(String(value));
  return `<${name}>${inner}</${name}>`;
}

const escaped = (text: string) => text.replace(/[<>&"]/g, sign => `&#${sign.charCodeAt(0)};`);

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The texts of all elements of a name, however deep. */
export const texts = (document: string, name: string): string[] =>
  [...document.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
      name
        ? (NAMED[name] ?? whole)
        : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
    ),
  );
