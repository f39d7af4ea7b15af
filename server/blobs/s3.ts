// Files in a bucket of S3, or of a server that speaks its language.
import type { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Bucket, Listed } from './bucket.ts';
import { disposition } from './disposition.ts';
import type { Patience } from './open.ts';
import { createS3Pieces } from './s3-pieces.ts';
import { wordsOf } from './trouble.ts';

export interface S3Settings {
  readonly kind: 's3';
  readonly bucket: string;
  /** Undefined: Amazon's, of the region. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** Undefined: as the AWS SDK finds them on this machine: AWS_* variables, profiles, the role of the instance. */
  readonly credentials?: { readonly id: string; readonly secret: string } | undefined;
}

/** Of one call; the service takes no more. */
const KEYS = 1000;

export function openS3Bucket(settings: S3Settings, { timeout, attempts }: Patience): Bucket {
  const { endpoint, region, credentials } = settings;
  const config: S3ClientConfig = {
    region,
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: Math.min(timeout, 5000), socketTimeout: timeout },
    // Servers of one's own seldom have a name for each bucket.
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials: { accessKeyId: credentials.id, secretAccessKey: credentials.secret } }),
  };
  const client = new S3Client(config);
  const here = { Bucket: settings.bucket };

  async function* list(prefix: string, most = KEYS): AsyncGenerator<Listed> {
    let from: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ ...here, Prefix: prefix, MaxKeys: most, ContinuationToken: from }),
      );
      for (const { Key: name, LastModified: at } of page.Contents ?? [])
        if (name !== undefined) yield { name, at: at?.getTime() ?? 0 };
      from = page.NextContinuationToken;
    } while (from !== undefined);
  }

  return {
    kind: 's3',
    async put(name, bytes, type) {
      await client.send(new PutObjectCommand({ ...here, Key: name, Body: bytes, ContentType: type }));
    },
    async get(name, range) {
      const Range = range && `bytes=${range.start}-${range.end}`;
      const { Body } = await client.send(new GetObjectCommand({ ...here, Key: name, Range }));
      return Body as Readable;
    },
    async size(name) {
      const { ContentLength = 0 } = await client.send(new HeadObjectCommand({ ...here, Key: name }));
      return ContentLength;
    },
    async drop(names) {
      for (let at = 0; at < names.length; at += KEYS) {
        const Objects = names.slice(at, at + KEYS).map(Key => ({ Key }));
        const { Errors } = await client.send(
          new DeleteObjectsCommand({ ...here, Delete: { Objects, Quiet: true } }),
        );
        if (Errors?.length) throw new Error(`${Errors[0]?.Code}: ${Errors[0]?.Key} cannot be deleted`);
      }
    },
    list,
    link: (name, options) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          ...here,
          Key: name,
          ResponseContentType: options.type,
          ResponseContentDisposition: disposition(options),
        }),
        { expiresIn: options.seconds },
      ),
    isMissing: error => ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes((error as Error)?.name),
    isOutside: error => (error as Error)?.name === 'InvalidRange',
    advice: error => adviceOn(error, settings),
    pieces: createS3Pieces(client, settings.bucket),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

function adviceOn(error: unknown, { bucket, endpoint }: S3Settings): string {
  const { name } = error as Error;
  if (name === 'NoSuchBucket' || name === 'NotFound')
    return `Make the bucket ${bucket}, or name another one in STORAGE_URL.`;
  if (['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'CredentialsProviderError'].includes(name))
    return 'Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or the credentials that the AWS SDK finds on this machine.';
  if (name === 'AccessDenied')
    return `Allow the key to list, get, put and delete objects in the bucket ${bucket}, and to list and abort multipart uploads.`;
  if (name === 'RequestTimeTooSkewed') return "Set this machine's clock.";
  if (/redirect|AuthorizationHeaderMalformed/i.test(`${name} ${wordsOf(error)}`))
    return "Set S3_REGION to the bucket's region.";
  return `Check ${endpoint ? `S3_ENDPOINT (${endpoint})` : 'S3_REGION'}, and whether the service answers.`;
}
