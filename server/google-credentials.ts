// GOOGLE_CREDENTIALS: the JSON that Google's console hands out for an OAuth client or a service account, both in one, or the name of its file.
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigError } from './config.ts';
import { settings } from './settings.ts';

export interface GoogleCredentials {
  readonly client?: { readonly id: string; readonly secret: string };
  readonly service?: { readonly email: string; readonly key: string };
}

const oauthClient = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });
const serviceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.email(),
  private_key: z.string().refine(isKey),
});
const schema = z.object({ web: oauthClient.optional(), installed: oauthClient.optional() });

function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/** Undefined when the text holds neither of the two. */
export function parseGoogleCredentials(text: string): GoogleCredentials | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const clients = schema.safeParse(json);
  const service = serviceAccount.safeParse(json);
  // A half that is there and wrong is an error, and not merely the other half.
  if (!clients.success || (!service.success && Object(json).type !== undefined)) return undefined;
  const client = clients.data.web ?? clients.data.installed;
  if (!client && !service.success) return undefined;
  return {
    ...(client && { client: { id: client.client_id, secret: client.client_secret } }),
    ...(service.success && { service: { email: service.data.client_email, key: service.data.private_key } }),
  };
}

/**
 * @param given as the settings hold it: parsed, or the path of a file
 * @throws ConfigError that names the variable
 */
export async function loadGoogleCredentials(given: GoogleCredentials | string): Promise<GoogleCredentials> {
  if (typeof given !== 'string') return given;
  const problem = (what: string) =>
    new ConfigError([
      `GOOGLE_CREDENTIALS: ${what}; example: GOOGLE_CREDENTIALS=${settings.GOOGLE_CREDENTIALS.example}`,
    ]);
  const text = await readFile(given, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw problem(`the file ${given} cannot be read (${error.code})`);
  });
  const parsed = parseGoogleCredentials(text);
  if (!parsed)
    throw problem(
      `the file ${given} is not the JSON of an OAuth client or of a service account from the Google Cloud console`,
    );
  return parsed;
}
