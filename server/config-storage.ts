// Where files are kept, from the settings: STORAGE_URL, and what the storage that it names needs beside it. Pure, but for loadStorage.
import path from 'node:path';
import { type Config, ConfigError } from './config.ts';
import type { Values } from './config-checks.ts';
import { type GoogleCredentials, loadGoogleCredentials } from './google-credentials.ts';

export type StorageConfig =
  | {
      readonly kind: 'disk';
      /** Absolute. */
      readonly folder: string;
    }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Undefined: Amazon's. */
      readonly endpoint: string | undefined;
      readonly region: string;
      /** Undefined: as the AWS SDK finds them on this machine. */
      readonly credentials: { readonly id: string; readonly secret: string } | undefined;
    }
  /** With the service account of GOOGLE_CREDENTIALS. */
  | { readonly kind: 'gcs'; readonly bucket: string }
  | { readonly kind: 'supabase'; readonly bucket: string; readonly url: string; readonly key: string };

/** Amazon's first region, whose name servers of one's own take as well. */
const REGION = 'us-east-1';

export function storageOf(
  values: Values,
  dataDir: string,
  inFolder: (file: string) => string,
): StorageConfig {
  const { STORAGE_URL = '', S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: secret } = values;
  const { scheme, rest } = partsOf(STORAGE_URL);
  switch (scheme) {
    case 's3':
      return {
        kind: 's3',
        bucket: rest,
        endpoint: values.S3_ENDPOINT,
        region: values.S3_REGION ?? REGION,
        credentials: id && secret ? { id, secret } : undefined,
      };
    case 'gs':
      return { kind: 'gcs', bucket: rest };
    case 'supabase':
      return {
        kind: 'supabase',
        bucket: rest,
        url: values.SUPABASE_URL ?? '',
        key: values.SUPABASE_KEY ?? '',
      };
    default:
      return { kind: 'disk', folder: rest ? inFolder(rest) : path.join(dataDir, 'files') };
  }
}

export function storageContradictions(
  values: Values,
  set: Record<string, string>,
): [name: keyof Values, what: string][] {
  const problems: [keyof Values, string][] = [];
  const missing = (name: keyof Values, beside: string) => {
    if (!set[name]) problems.push([name, `is missing beside ${beside}`]);
  };
  if (set.S3_ACCESS_KEY_ID) missing('S3_SECRET_ACCESS_KEY', 'S3_ACCESS_KEY_ID');
  if (set.S3_SECRET_ACCESS_KEY) missing('S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY');
  const { scheme } = partsOf(values.STORAGE_URL ?? '');
  const beside = `STORAGE_URL=${scheme}://…`;
  // Amazon's own may be had from the machine; no other server knows those.
  if (scheme === 's3' && set.S3_ENDPOINT && !set.S3_SECRET_ACCESS_KEY)
    missing('S3_ACCESS_KEY_ID', 'S3_ENDPOINT');
  if (scheme === 'gs') {
    missing('GOOGLE_CREDENTIALS', beside);
    const given = values.GOOGLE_CREDENTIALS;
    if (typeof given === 'object' && !given.service)
      problems.push(['GOOGLE_CREDENTIALS', `holds no service account, which ${beside} needs`]);
  }
  if (scheme === 'supabase') {
    missing('SUPABASE_URL', beside);
    missing('SUPABASE_KEY', beside);
  }
  return problems;
}

function partsOf(url: string) {
  const [, scheme, rest = ''] = /^(file|s3|gs|supabase):(?:\/\/(?!\/{2}))?(.*)$/.exec(url) ?? [];
  return { scheme, rest };
}

/**
 * What openBlobs wants.
 * @throws ConfigError when the file of GOOGLE_CREDENTIALS holds no service account
 */
export async function loadStorage({ storage, google }: Pick<Config, 'storage' | 'google'>) {
  if (storage.kind !== 'gcs') return storage;
  const credentials: GoogleCredentials = google ? await loadGoogleCredentials(google.credentials) : {};
  if (!credentials.service)
    throw new ConfigError(['GOOGLE_CREDENTIALS: holds no service account, which STORAGE_URL=gs://… needs']);
  return { ...storage, service: credentials.service, rootUrl: google?.rootUrl };
}
