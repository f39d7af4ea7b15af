// Creates and drops whole databases on a server: for the embedded server's first start and for tests.
import postgres from 'postgres';

/** The same server, another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(name)}`;
  return other.href;
}

/** One connection without our statement limits, closed afterwards. */
export async function withConnection<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, fetch_types: false, connect_timeout: 10, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Creates a database, as a copy of `template` when given. An existing one of that name is an error (42P04). */
export async function createDatabase(url: string, name: string, template?: string): Promise<void> {
  await withConnection(withDatabase(url, 'postgres'), async sql => {
    await sql`create database ${sql(name)} strategy file_copy ${template ? sql`template ${sql(template)}` : sql``}`;
  });
}

/** Drops a database if it exists, with the sessions that are still in it. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await withConnection(withDatabase(url, 'postgres'), async sql => {
    await sql`drop database if exists ${sql(name)} with (force)`;
  });
}
