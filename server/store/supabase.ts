// The Supabase driver behind Db: the same SQL functions, called over HTTPS with the project's secret key. Never leaves a call without an
// answer, never sends one twice.
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@supabase/supabase-js';
import { checkName, type Db, DbError, DbUnavailable, isUrgent, keptOf } from './db.ts';
import { MigrationError, readMigrations } from './migrate.ts';
import { type ApiError, apiError } from './supabase-errors.ts';
import { createTurns } from './turns.ts';

export interface SupabaseOptions {
  /** Of the project, as `https://<project>.supabase.co`. */
  url: string;
  /** The secret key, or the older `service_role` key. */
  key: string;
  /** Calls at once; the others wait their turn. */
  max?: number;
  /** Milliseconds until a call is given up with its outcome unknown. PostgREST itself gives up a second later. */
  timeout?: number;
  /** Milliseconds that a call may wait for its turn before it fails as not sent. */
  queueTimeout?: number;
}

/**
 * Checks that the key may use the database, and that its schema is this program's.
 * @throws DbUnavailable, DbError or MigrationError, in one line that says what to do
 */
export async function openSupabase(options: SupabaseOptions): Promise<Db> {
  const { url, key, max = 10, timeout = 7000, queueTimeout = 3000 } = options;
  const client = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: reach },
  });
  const kept = keptOf(max);
  const others = createTurns(max - kept, queueTimeout);
  const urgent = kept > 0 ? createTurns(kept, queueTimeout) : others;
  const running = new Set<AbortController>();

  async function run(fn: string, input: unknown): Promise<unknown> {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      abort.abort(new DbUnavailable(`Supabase did not answer in ${timeout} ms`, 'TIMEOUT', true));
    }, timeout);
    running.add(abort);
    try {
      const { data, error, status } = await client.rpc(fn, { input }).abortSignal(abort.signal);
      if (abort.signal.aborted && error) throw abort.signal.reason;
      // The client takes an empty 404 for an empty answer; ours are never empty.
      if (error || status !== 200) throw apiError(error ?? {}, status);
      return data;
    } finally {
      clearTimeout(timer);
      running.delete(abort);
    }
  }

  async function call(fn: string, input: unknown): Promise<unknown> {
    checkName(fn);
    const turns = isUrgent(fn) ? urgent : others;
    await turns.take();
    try {
      return await run(fn, input);
    } finally {
      turns.give();
    }
  }

  async function close(): Promise<void> {
    await Promise.race([
      Promise.all([others.close(), urgent.close()]),
      delay(5000, undefined, { ref: false }),
    ]);
    const closed = new DbUnavailable('The database connection is closed', 'CLOSED', true);
    for (const abort of running) abort.abort(closed);
  }

  try {
    await checkSchema(call);
  } catch (error) {
    await close();
    throw explained(error, url);
  }
  return { call, [Symbol.asyncDispose]: close };
}

/** The client turns what fetch throws into prose; as an answer with a code it keeps what happened. */
const reach: typeof fetch = async (input, init) => {
  try {
    return await fetch(input, init);
  } catch (error) {
    const { cause = error } = error as { cause?: unknown };
    const { code, message } = cause as { code?: unknown; message: string };
    const failure: ApiError = {
      code: typeof code === 'string' ? code : 'EFETCH',
      message: message || String(code),
    };
    return Response.json(failure, { status: 503 });
  }
};

async function checkSchema(call: Db['call']): Promise<void> {
  const known = (await readMigrations()).length;
  const answer = (await call('schema_version', {})) as { version?: unknown } | null;
  const version = answer?.version;
  if (typeof version !== 'number')
    throw new DbError(
      'it does not answer as a Supabase project with the schema of First Court does',
      'ANSWER',
    );
  if (version > known)
    throw new MigrationError(
      'newer',
      `SUPABASE_URL: the database has migration ${version}, this program knows ${known}. Start the newer program.`,
    );
  if (version < known)
    throw new MigrationError(
      'older',
      `SUPABASE_URL: the database has migration ${version} of ${known}. ${TO_MIGRATE}`,
    );
}

const TO_MIGRATE =
  "Bring it up to date with the project's connection string: DATABASE_URL=postgres://… npm run court migrate";

function explained(error: unknown, url: string): unknown {
  if (error instanceof MigrationError) return error;
  const { code, message } = error as DbError;
  if (/^(PGRST202|42883)$/.test(code))
    return new MigrationError(
      'older',
      `SUPABASE_URL: the database at ${url} is not set up for First Court. ${TO_MIGRATE}`,
    );
  const where = /^(42501|PGRST30\d|HTTP40[13])$/.test(code)
    ? `SUPABASE_KEY: this key may not use the database (${message}); take the secret key of the project; example: SUPABASE_KEY=sb_secret_…`
    : `SUPABASE_URL: ${url} cannot be used: ${message}; example: SUPABASE_URL=https://project.supabase.co`;
  return new DbUnavailable(where, code, false);
}
