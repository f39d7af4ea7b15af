// The part of PostgREST that the hub uses, and a little that it must not be able to use: functions by POST, whole tables by GET. Each request is
// one transaction of the role that it comes with.
import postgres from 'postgres';
import { type Answer, failure, noFunction, noTable, problem } from './answers.ts';
import type { Role } from './roles.ts';

export interface Rest extends AsyncDisposable {
  /** @param body JSON with the arguments by name */
  callFunction(name: string, body: string, role: Role): Promise<Answer>;
  readTable(name: string, role: Role): Promise<Answer>;
}

/** @param url of the database, as a user that may become every role */
export function openRest(url: string): Rest {
  const sql = postgres(url, {
    max: 10,
    fetch_types: false,
    connect_timeout: 3,
    onnotice: () => {},
    // As Supabase sets them for the user that PostgREST connects as.
    connection: { application_name: 'postgrest', statement_timeout: 8000, lock_timeout: 8000 },
  });

  /** Sent in one go: the server answers statement by statement. */
  async function as(
    role: Role,
    work: (tx: postgres.TransactionSql) => postgres.PendingQuery<postgres.Row[]>,
  ) {
    try {
      const rows = await sql.begin(async tx => {
        const [, answer] = await Promise.all([
          tx`select set_config('role', ${role}, true), set_config('search_path', 'public', true)`,
          work(tx),
        ]);
        return answer;
      });
      return { status: 200, body: rows[0]?.data ?? 'null' };
    } catch (error) {
      return failure(error, role);
    }
  }

  return {
    async callFunction(name, body, role) {
      const args = argumentNames(body);
      if (!args) return problem(400, 'PGRST102', 'Empty or invalid json');
      const found =
        await sql`select from pg_proc where pronamespace = 'public'::regnamespace and proname = ${name}
        and to_jsonb(coalesce(proargnames, '{}')) = ${JSON.stringify(args)}::text::jsonb`.catch(
          (error: unknown) => failure(error, role),
        );
      if ('status' in found) return found;
      if (found.count === 0) return noFunction(name, args.join(', '));
      const [arg] = args;
      if (arg === undefined) return as(role, tx => tx`select ${sql(name)}()::text as data`);
      return as(
        role,
        tx => tx`select ${sql(name)}(${sql(arg)} := args.value)::text as data
          from (select ${body}::text::jsonb -> ${arg} as value) as args`,
      );
    },
    async readTable(name, role) {
      const found =
        await sql`select from pg_class where relnamespace = 'public'::regnamespace and relname = ${name}
        and relkind in ('r', 'v')`.catch((error: unknown) => failure(error, role));
      if ('status' in found) return found;
      if (found.count === 0) return noTable(name);
      return as(role, tx => tx`select coalesce(jsonb_agg(t), '[]')::text as data from ${sql(name)} as t`);
    },
    [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }),
  };
}

/** Undefined when it is no JSON object. At most one argument is understood. */
function argumentNames(body: string): string[] | undefined {
  try {
    const args: unknown = JSON.parse(body || '{}');
    return typeof args === 'object' && args !== null && !Array.isArray(args) ? Object.keys(args) : undefined;
  } catch {
    return undefined;
  }
}
