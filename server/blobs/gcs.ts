// Files in a bucket of Google Cloud Storage. All that is asked of it may be asked twice, so that the client may try everything again.
import { type File, type Bucket as GoogleBucket, IdempotencyStrategy, Storage } from '@google-cloud/storage';
import type { Bucket, Listed } from './bucket.ts';
import { disposition } from './disposition.ts';
import { createGcsPieces } from './gcs-pieces.ts';
import type { Patience } from './open.ts';
import { wordsOf } from './trouble.ts';
import { WebStatus, webRead } from './web-read.ts';

export interface GcsSettings {
  readonly kind: 'gcs';
  readonly bucket: string;
  /** A service account. */
  readonly service: { readonly email: string; readonly key: string };
  /** In place of all of Google's addresses, for a simulator. */
  readonly rootUrl?: string | undefined;
}

const GOOGLE = 'https://storage.googleapis.com';
const AT_ONCE = 8;
/** What a page of a list has at most, as Google does it. */
const PAGE = 1000;

export async function openGcsBucket(settings: GcsSettings, patience: Patience): Promise<Bucket> {
  const { service, rootUrl } = settings;
  const { timeout, attempts } = patience;
  const storage = new Storage({
    credentials: { client_email: service.email, private_key: service.key },
    // It is of no use here, and would be asked for at an address that only machines of Google have.
    projectId: 'unused',
    timeout,
    retryOptions: {
      // A number of 0 would be taken for its default.
      autoRetry: attempts > 1,
      maxRetries: Math.max(1, attempts - 1),
      maxRetryDelay: 8,
      totalTimeout: (timeout * attempts) / 1000,
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
    },
    ...(rootUrl && { apiEndpoint: rootUrl, useAuthWithCustomEndpoint: true }),
  });
  const client = await storage.authClient.getClient();
  if (rootUrl) {
    // The library knows the address for tokens by heart.
    const { transporter } = client;
    const request = transporter.request.bind(transporter);
    transporter.request = options => {
      const { pathname, search } = new URL(String(options.url));
      return request({ ...options, url: `${rootUrl}${pathname}${search}` });
    };
  }
  const google = storage.bucket(settings.bucket);
  const media = (name: string) =>
    `${rootUrl ?? GOOGLE}/storage/v1/b/${settings.bucket}/o/${encodeURIComponent(name)}?alt=media`;

  return {
    kind: 'gcs',
    async put(name, bytes, type) {
      await google
        .file(name)
        .save(Buffer.from(bytes), { resumable: false, validation: 'crc32c', contentType: type, timeout });
    },
    get: (name, range) =>
      webRead(media(name), async () => ({ ...(await client.getRequestHeaders()) }), range, patience),
    size: async name => Number((await google.file(name).getMetadata())[0].size),
    async drop(names) {
      const left = [...names];
      const next = async (): Promise<void> => {
        for (let name = left.pop(); name !== undefined; name = left.pop())
          await google.file(name).delete({ ignoreNotFound: true });
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
    },
    list: prefix => listOf(google, prefix),
    async link(name, options) {
      const [url] = await google.file(name).getSignedUrl({
        version: 'v4',
        action: 'read',
        expires: Date.now() + options.seconds * 1000,
        responseType: options.type,
        responseDisposition: disposition(options),
      });
      return url;
    },
    // A bucket that is not there is trouble of another kind.
    isMissing: error => statusOf(error) === 404 && !/bucket/i.test(wordsOf(error)),
    isOutside: error => statusOf(error) === 416,
    advice: error => adviceOn(error, settings),
    pieces: createGcsPieces(google),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** With how large each is. */
export async function* filesOf(google: GoogleBucket, prefix: string): AsyncGenerator<File> {
  let pageToken: string | undefined;
  do {
    const [files, next] = (await google.getFiles({
      prefix,
      autoPaginate: false,
      maxResults: PAGE,
      ...(pageToken && { pageToken }),
    })) as [File[], { pageToken?: string } | null, unknown];
    yield* files;
    pageToken = next?.pageToken;
  } while (pageToken !== undefined);
}

async function* listOf(google: GoogleBucket, prefix: string): AsyncGenerator<Listed> {
  for await (const { name, metadata } of filesOf(google, prefix))
    yield { name, at: Date.parse(String(metadata.updated ?? metadata.timeCreated)) };
}

const statusOf = (error: unknown): number =>
  error instanceof WebStatus ? error.status : Number((error as { code?: unknown } | undefined)?.code);

function adviceOn(error: unknown, { bucket }: GcsSettings): string {
  const status = statusOf(error);
  if (status === 404) return `Make the bucket ${bucket}, or name another one in STORAGE_URL.`;
  if (status === 403)
    return `Give the service account the role Storage Object Admin (roles/storage.objectAdmin) on the bucket ${bucket}.`;
  if (status === 401 || /invalid_grant|invalid_client/.test(wordsOf(error)))
    return "Check the service account in GOOGLE_CREDENTIALS, and this machine's clock.";
  return 'Check whether this machine reaches storage.googleapis.com.';
}
