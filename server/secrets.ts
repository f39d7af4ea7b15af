// The secrets a hub signs and encrypts with: the configured ones, else its own, made once and kept in the data folder.
import { createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Config, ConfigError } from './config.ts';

export interface Secrets {
  readonly jwtSecret: string;
  /** 32 bytes. */
  readonly encryptionKey: Buffer;
}

const kept = z.object({ jwtSecret: z.string().min(32), encryptionKey: z.base64().length(44) });

/**
 * Of hubs that start at once on one data folder, all get the same.
 * @throws ConfigError when the file is there but damaged
 */
export async function loadSecrets(
  config: Pick<Config, 'jwtSecret' | 'encryptionKey' | 'dataDir'>,
): Promise<Secrets> {
  const { jwtSecret, encryptionKey, dataDir } = config;
  if (jwtSecret && encryptionKey) return { jwtSecret, encryptionKey };
  const file = path.join(dataDir, 'secrets.json');
  const own = (await read(file)) ?? (await make(file));
  return {
    jwtSecret: jwtSecret ?? own.jwtSecret,
    encryptionKey: encryptionKey ?? Buffer.from(own.encryptionKey, 'base64'),
  };
}

/** A key for one purpose, made of the one that all nodes share. */
export function keyFor(purpose: string, encryptionKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', encryptionKey, '', `first-court ${purpose}`, 32));
}

/**
 * By which push services know this hub (VAPID), in base64url. Derived, so that every node of a database has the same and there is nothing more to keep:
 * with another ENCRYPTION_KEY browsers subscribe anew.
 */
export function vapidKeys(encryptionKey: Buffer): { publicKey: string; privateKey: string } {
  const curve = createECDH('prime256v1');
  // Of 2^32 numbers one is beyond the order of the curve.
  for (let n = 0; ; n++) {
    const secret = keyFor(`vapid ${n}`, encryptionKey);
    try {
      curve.setPrivateKey(secret);
    } catch {
      continue;
    }
    return {
      publicKey: curve.getPublicKey().toString('base64url'),
      privateKey: secret.toString('base64url'),
    };
  }
}

async function read(file: string): Promise<z.infer<typeof kept> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ConfigError([
      `DATA_DIR: ${file} cannot be read (${(error as Error).message}); it belongs to another user`,
    ]);
  }
  const parsed = kept.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ConfigError([
    `DATA_DIR: ${file} is damaged; restore it from a backup, or remove it to have new secrets made (everyone has to sign in again)`,
  ]);
}

/** Written whole under another name first: a link, unlike a rename, never replaces what another hub has put there. */
async function make(file: string): Promise<z.infer<typeof kept>> {
  const secrets = {
    jwtSecret: randomBytes(48).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
  };
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, file);
    return secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await read(file)) ?? secrets;
  } finally {
    await rm(draft);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
