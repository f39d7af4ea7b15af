// A page of a few words and a button, for who comes from a mail.

/** @param body HTML; nothing in it may come from outside */
export const smallPage = (nonce: string, title: string, body: readonly string[]) =>
  [
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${title}</title>`,
    `<style nonce="${nonce}">body{font:17px/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1.5rem}`,
    'button{font:inherit;padding:.5rem 1rem;border:0;border-radius:.6rem;background:#1f6653;color:#fff;cursor:pointer}</style>',
    `<h1>${title}</h1>`,
    ...body,
    '</html>',
  ].join('\n');
