// Links in mails that let somebody do one thing without signing in: what they are about is in them, signed, and good for nothing else.
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedLinks {
  /** The last part of an address. */
  write(about: readonly unknown[]): string;
  /** What it is about; undefined when we did not write it for this. */
  read(token: string): unknown;
}

/** @param purpose keeps links apart that lead to different things */
export function createSignedLinks(key: Buffer, purpose: string): SignedLinks {
  const sign = (text: string) => createHmac('sha256', key).update(`${purpose} ${text}`).digest('base64url');
  return {
    write(about) {
      const text = Buffer.from(JSON.stringify(about)).toString('base64url');
      return `${text}.${sign(text)}`;
    },
    read(token) {
      const [text = '', signature = ''] = token.split('.');
      const expected = Buffer.from(sign(text));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      return JSON.parse(Buffer.from(text, 'base64url').toString());
    },
  };
}
