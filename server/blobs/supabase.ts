// Files in a bucket of Supabase Storage, with the project's secret key.
import { createClient } from '@supabase/supabase-js';
import type { Bucket, Listed } from './bucket.ts';
import type { Patience } from './open.ts';
import { createSteadyFetch } from './steady-fetch.ts';
import { createSupabasePieces } from './supabase-pieces.ts';
import { wordsOf } from './trouble.ts';
import { WebStatus, webRead } from './web-read.ts';

export interface SupabaseSettings {
  readonly kind: 'supabase';
  readonly bucket: string;
  /** Of the project, without a slash at the end. */
  readonly url: string;
  readonly key: string;
}

/** Of one call. */
const NAMES = 1000;

export function openSupabaseBucket(settings: SupabaseSettings, patience: Patience): Bucket {
  const { bucket: id, url, key } = settings;
  const fetch = createSteadyFetch(patience);
  const client = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch },
  });
  const files = client.storage.from(id);
  const headers = { apikey: key, authorization: `Bearer ${key}` };

  async function* list(prefix: string): AsyncGenerator<Listed> {
    let cursor: string | undefined;
    do {
      const page = await good(files.listV2({ prefix, limit: NAMES, ...(cursor && { cursor }) }));
      for (const { key: name, name: path, updated_at } of page.objects)
        yield { name: name ?? path, at: Date.parse(updated_at) };
      cursor = page.hasNext ? page.nextCursor : undefined;
    } while (cursor !== undefined);
  }
  const size = async (name: string) => (await good(files.info(name))).size ?? 0;

  return {
    kind: 'supabase',
    async put(name, bytes, contentType) {
      await good(files.upload(name, Buffer.from(bytes), { contentType, upsert: true }));
    },
    get: (name, range) =>
      webRead(
        `${url}/storage/v1/object/authenticated/${id}/${encodeURI(name)}`,
        async () => headers,
        range,
        patience,
      ),
    size,
    async drop(names) {
      for (let at = 0; at < names.length; at += NAMES) await good(files.remove(names.slice(at, at + NAMES)));
    },
    list,
    // The type under which it is shown would be the one that was told when it was uploaded, before anybody had looked into it.
    async link(name, { attachment, seconds, name: saveAs }) {
      if (!attachment) return undefined;
      const { signedUrl } = await good(files.createSignedUrl(name, seconds));
      // The client would encode it twice.
      return `${signedUrl}&download=${encodeURIComponent(saveAs.toWellFormed())}`;
    },
    isMissing: error => statusOf(error) === 404 && !/bucket/i.test(wordsOf(error)),
    isOutside: error => statusOf(error) === 416,
    advice: error => adviceOn(error, settings),
    pieces: createSupabasePieces({ url, bucket: id, headers, fetch, attempts: patience.attempts, size }),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function good<T>(work: PromiseLike<{ data: T; error: unknown }>): Promise<NonNullable<T>> {
  const { data, error } = await work;
  if (error) throw error;
  return data as NonNullable<T>;
}

/** The one that counts: most refusals come with 400, and the true status in their body. */
function statusOf(error: unknown): number {
  if (error instanceof WebStatus)
    return Number(/"statusCode":"?(\d+)/.exec(error.message)?.[1] ?? error.status);
  const { statusCode, status } = (error ?? {}) as { statusCode?: string; status?: number };
  return Number(statusCode ?? status);
}

function adviceOn(error: unknown, { bucket, url }: SupabaseSettings): string {
  const status = statusOf(error);
  if (/bucket not found/i.test(wordsOf(error)))
    return `Make a private bucket ${bucket} in the project, or name another one in STORAGE_URL.`;
  if (status === 401 || status === 403)
    return 'Check that SUPABASE_KEY is the secret key of the project (or the older service_role key).';
  if (status === 413 || status === 415)
    return `Raise the size limit of the bucket ${bucket}, and let it take files of every type.`;
  return `Check SUPABASE_URL (${url}), and that the project is not paused.`;
}
