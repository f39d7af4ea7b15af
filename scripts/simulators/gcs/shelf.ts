// What lies in the buckets of the simulated Google Cloud Storage, in memory, each version with its generation.
import { createHash } from 'node:crypto';
import { crc32cOf } from './crc32c.ts';
import { GcsProblem } from './problem.ts';

export interface StoredObject {
  readonly bytes: Buffer;
  readonly type: string;
  readonly generation: string;
  readonly crc32c: string;
  /** Composed ones have none. */
  readonly md5: string | undefined;
  readonly components: number | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** ms since 1970. */
  readonly at: number;
}

/** What the sender says of an object; hashes are checked. */
export interface Label {
  readonly contentType?: string;
  readonly crc32c?: string;
  readonly md5Hash?: string;
  readonly metadata?: Record<string, string>;
}

export type Bucket = Map<string, StoredObject>;

/** A session of a resumable upload. */
export interface Session {
  readonly bucket: string;
  readonly name: string;
  readonly label: Label;
  readonly condition: string | null;
  bytes: Buffer;
  /** Once all has come. */
  done?: StoredObject;
}

const COMPOSE = 32;

/** @param condition of `ifGenerationMatch`; 0: nothing may be there yet */
export function store(
  bucket: Bucket,
  name: string,
  bytes: Buffer,
  label: Label,
  condition: string | null,
  components?: number,
): StoredObject {
  if (condition !== null && condition !== (bucket.get(name)?.generation ?? '0'))
    throw new GcsProblem(412, 'At least one of the pre-conditions you specified did not hold.');
  const md5 = createHash('md5').update(bytes).digest('base64');
  const crc32c = crc32cOf(bytes);
  for (const [what, given, is] of [
    ['MD5 hash', label.md5Hash, md5],
    ['CRC32C', label.crc32c, crc32c],
  ] as const)
    if (given !== undefined && given !== is)
      throw new GcsProblem(400, `Provided ${what} "${given}" doesn't match calculated ${what} "${is}".`);
  const at = Date.now();
  const object: StoredObject = {
    bytes,
    type: label.contentType ?? 'application/octet-stream',
    generation: String(process.hrtime.bigint()),
    crc32c,
    md5: components === undefined ? md5 : undefined,
    components,
    metadata: label.metadata,
    at,
  };
  bucket.set(name, object);
  return object;
}

export function find(bucket: Bucket, name: string): StoredObject {
  const object = bucket.get(name);
  if (object) return object;
  throw new GcsProblem(404, `No such object: ${name}`);
}

export function compose(
  bucket: Bucket,
  into: string,
  sources: readonly { name: string }[],
  label: Label,
  condition: string | null,
) {
  if (sources.length === 0 || sources.length > COMPOSE)
    throw new GcsProblem(
      400,
      `The number of source components provided (${sources.length}) exceeds the maximum (${COMPOSE})`,
    );
  const parts = sources.map(({ name }) => find(bucket, name));
  const components = parts.reduce((sum, { components = 1 }) => sum + components, 0);
  return store(bucket, into, Buffer.concat(parts.map(({ bytes }) => bytes)), label, condition, components);
}

export const describe = (bucket: string, name: string, object: StoredObject) => ({
  kind: 'storage#object',
  id: `${bucket}/${name}/${object.generation}`,
  name,
  bucket,
  generation: object.generation,
  metageneration: '1',
  contentType: object.type,
  size: String(object.bytes.length),
  crc32c: object.crc32c,
  md5Hash: object.md5,
  componentCount: object.components,
  etag: Buffer.from(object.generation).toString('base64'),
  metadata: object.metadata,
  timeCreated: new Date(object.at).toISOString(),
  updated: new Date(object.at).toISOString(),
  storageClass: 'STANDARD',
});
