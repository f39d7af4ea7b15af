// AWS Signature Version 4 as S3 checks it, in headers and in presigned addresses.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Asked } from '../objects/server.ts';
import { S3Problem } from './problem.ts';

export interface Keys {
  readonly id: string;
  readonly secret: string;
  readonly region: string;
}

const SKEW_MS = 15 * 60_000;
const LONGEST_S = 7 * 24 * 3600;

const sha256 = (of: string | Buffer) => createHash('sha256').update(of).digest('hex');
const hmac = (key: string | Buffer, of: string) => createHmac('sha256', key).update(of).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** @throws S3Problem when the request is not signed by the keys, for now, and for this body */
export function verify(asked: Asked, keys: Keys, now: number): void {
  const presigned = asked.query.has('X-Amz-Signature');
  const { credential, signed, signature, date } = presigned ? fromQuery(asked, now) : fromHeader(asked, now);
  const [id, day = '', region, service, end] = credential.split('/');
  if (id !== keys.id)
    throw new S3Problem(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    );
  if (region !== keys.region || service !== 's3' || end !== 'aws4_request')
    throw new S3Problem(
      400,
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the region '${region}' is wrong; expecting '${keys.region}'`,
    );
  const payload = presigned ? 'UNSIGNED-PAYLOAD' : (asked.headers['x-amz-content-sha256'] ?? '');
  const canonical = [
    asked.method,
    asked.path,
    canonicalQuery(asked.search),
    ...signed.map(name => `${name}:${(asked.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signed.join(';'),
    payload,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${keys.secret}`, day), keys.region));
  const right = hmac(key, toSign);
  const given = Buffer.from(signature, 'hex');
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw new S3Problem(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256(asked.body))
    throw new S3Problem(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
}

function fromHeader({ headers }: Asked, now: number) {
  const [, credential = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (!signature) throw new S3Problem(403, 'AccessDenied', 'Access Denied');
  const date = headers['x-amz-date'] ?? '';
  if (!(Math.abs(timeOf(date) - now) <= SKEW_MS))
    throw new S3Problem(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  const signed = names.split(';');
  if (!signed.includes('host')) throw new S3Problem(403, 'SignatureDoesNotMatch', 'host is not signed');
  return { credential, signed, signature, date };
}

function fromQuery({ query }: Asked, now: number) {
  const get = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  const date = get('Date');
  const seconds = Number(get('Expires'));
  if (!(seconds >= 0 && seconds <= LONGEST_S))
    throw new S3Problem(
      400,
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be less than a week (in seconds)',
    );
  if (!(timeOf(date) - SKEW_MS <= now)) throw new S3Problem(403, 'AccessDenied', 'Request is not valid yet');
  if (!(timeOf(date) + seconds * 1000 >= now))
    throw new S3Problem(403, 'AccessDenied', 'Request has expired');
  const signed = get('SignedHeaders').split(';');
  return { credential: get('Credential'), signed, signature: get('Signature'), date };
}

/** `20260102T030405Z` in ms; NaN for anything else. */
const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const canonicalQuery = (search: string): string =>
  search
    .split('&')
    .filter(pair => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map(pair => {
      const [name = '', value = ''] = pair.split('=', 2).map(part => encode(decodeURIComponent(part)));
      return `${name}=${value}`;
    })
    .sort()
    .join('&');
