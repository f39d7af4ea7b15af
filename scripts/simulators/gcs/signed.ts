// Signed addresses of Google Cloud Storage, V4, as the service checks them.
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Asked, Reply } from '../objects/server.ts';

const SKEW_MS = 15 * 60_000;
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const refuse = (status: number, code: string, message: string): Reply => ({
  status,
  headers: { 'content-type': 'application/xml; charset=UTF-8' },
  body: `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

/** @returns the refusal; undefined when the address is good */
export function refusalOf(
  { method, path, query, headers }: Asked,
  service: { readonly client_email: string; readonly private_key: string },
  now: number,
): Reply | undefined {
  const get = (name: string) => query.get(`X-Goog-${name}`) ?? '';
  const date = get('Date');
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const [email, ...scope] = get('Credential').split('/');
  if (!(at - SKEW_MS <= now) || email !== service.client_email)
    return refuse(403, 'AccessDenied', 'Access denied.');
  if (!(at + Number(get('Expires')) * 1000 >= now)) return refuse(400, 'ExpiredToken', 'Invalid argument.');
  const signed = get('SignedHeaders').split(';');
  const canonical = [
    method,
    path,
    [...query]
      .filter(([name]) => name !== 'X-Goog-Signature')
      .map(pair => pair.map(encode).join('='))
      .sort()
      .join('&'),
    // Google's own client signs the name of the host without its port, as its real hosts have none.
    ...signed.map(name => `${name}:${(headers[name] ?? '').replace(name === 'host' ? /:\d+$/ : /^$/, '')}`),
    '',
    signed.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['GOOG4-RSA-SHA256', date, scope.join('/'), hash].join('\n');
  const key = createPublicKey(service.private_key);
  if (verify('RSA-SHA256', Buffer.from(toSign), key, Buffer.from(get('Signature'), 'hex'))) return undefined;
  return refuse(403, 'SignatureDoesNotMatch', 'Access denied.');
}
