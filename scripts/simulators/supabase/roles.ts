// The roles of a Supabase project, made in a plain PostgreSQL: a project's public schema is open to them, which is what a schema must close.
import { withConnection, withDatabase } from '../../../server/store/databases.ts';

export type Role = 'anon' | 'authenticated' | 'service_role';

/** Roles belong to the whole server, so that several simulators may be making them at once. */
const LOCK = 4_703_241_004;

/** Prepares a database as Supabase hands one out. What is created in it afterwards, by the same user, gets the project's default grants. */
export async function prepareDatabase(url: string): Promise<void> {
  await withConnection(withDatabase(url, 'postgres'), async sql => {
    await sql`select pg_advisory_lock(${LOCK})`;
    for (const role of ['anon', 'authenticated', 'service_role'] satisfies Role[]) {
      if ((await sql`select from pg_roles where rolname = ${role}`).count > 0) continue;
      const rights = role === 'service_role' ? sql`bypassrls` : sql``;
      await sql`create role ${sql(role)} nologin noinherit ${rights}`;
    }
  });
  await withConnection(url, async sql => {
    const all = 'anon, authenticated, service_role';
    await sql.unsafe(`grant usage on schema public to ${all}`);
    for (const things of ['tables', 'functions', 'sequences'])
      await sql.unsafe(`alter default privileges in schema public grant all on ${things} to ${all}`);
  });
}
