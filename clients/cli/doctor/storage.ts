// Where files are kept: a folder that can be written, or a bucket that is there.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import type { Check, Finding, Patient } from './check.ts';
import { ask } from './http.ts';

export const storage: Check = async patient => {
  const { storageUrl, s3Endpoint } = patient.config.services;
  if (!storageUrl) return { state: 'off' };
  const [scheme = '', bucket = ''] = storageUrl.split(/:(?:\/\/)?/, 2);
  if (scheme === 'file') return folder(bucket);
  if (scheme === 'supabase') return supabaseBucket(patient, bucket);
  const host =
    scheme === 's3' ? (s3Endpoint ?? 'https://s3.amazonaws.com') : 'https://storage.googleapis.com';
  return publicBucket(patient, `${host}/${bucket}`, scheme === 's3' ? 'S3' : 'Google Cloud Storage');
};

async function folder(name: string): Promise<Finding> {
  // What is not there yet will be made, in the nearest folder that is.
  for (let place = path.resolve(name); ; place = path.dirname(place)) {
    try {
      await access(place, constants.W_OK);
      return { state: 'ok' };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && place !== path.dirname(place)) continue;
      return {
        state: 'failed',
        reason: `The folder ${place} cannot be written (${code}).`,
        next: 'Give the account that runs the hub the right to, or name another folder in STORAGE_URL.',
      };
    }
  }
}

async function supabaseBucket({ config, signal }: Patient, bucket: string): Promise<Finding> {
  const key = config.store.kind === 'supabase' ? config.store.key : undefined;
  if (!config.supabaseUrl || !key)
    return {
      state: 'failed',
      reason: 'STORAGE_URL names a bucket at Supabase, but no project is set.',
      next: 'Set SUPABASE_URL and SUPABASE_KEY.',
    };
  return ask({
    url: `${config.supabaseUrl}/storage/v1/bucket/${bucket}`,
    headers: { apikey: key, authorization: `Bearer ${key}` },
    signal,
    name: 'Supabase Storage',
    addressSetting: 'SUPABASE_URL',
    keySetting: 'SUPABASE_KEY',
    meaning: ({ status }) => (status === 404 || status === 400 ? missing(bucket) : undefined),
  });
}

/** Without signing anything: a bucket that is there says no, one that is not says that it is not. */
async function publicBucket({ signal }: Patient, url: string, name: string): Promise<Finding> {
  return ask({
    url,
    signal,
    name,
    addressSetting: 'STORAGE_URL and S3_ENDPOINT',
    keySetting: 'the credentials of this machine',
    meaning({ status }) {
      if (status === 404) return missing(url.split('/').at(-1) ?? '');
      if (status >= 500 || status === 429) return undefined;
      return {
        state: 'degraded',
        reason: 'The bucket is there; whether we may write into it is not checked by this version.',
      };
    },
  });
}

const missing = (bucket: string): Finding => ({
  state: 'failed',
  reason: `There is no bucket ${bucket}.`,
  next: 'Make it, or name another one in STORAGE_URL.',
});
