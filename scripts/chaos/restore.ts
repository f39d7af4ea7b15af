// The worst day of an operator: the database dies, yesterday's backup takes its place, and everybody must come to the log that is true now (I15).
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { backup } from '../../server/store/backup.ts';
import { withConnection } from '../../server/store/databases.ts';
import { restore } from '../../server/store/restore.ts';
import type { HistoryWriter } from './history.ts';

export interface Loss {
  /** Acknowledged entries that were not in the backup. */
  readonly entries: number;
  /** Milliseconds from the end of the server process until the backup was in place. */
  readonly ms: number;
}

/**
 * @param talk sends for a while, and resolves when everything sent has its outcome
 * @throws Error when nothing was lost: then nothing was shown
 */
export async function loseAndRestore(options: {
  databaseUrl: string;
  folder: string;
  history: HistoryWriter;
  talk(): Promise<void>;
  /** Ends the server process, and resolves when another one answers. */
  restartDatabase(): Promise<unknown>;
}): Promise<Loss> {
  const { databaseUrl: url, folder, history, talk } = options;
  const file = path.join(folder, 'backup.gz');
  await backup(url, file);
  const kept = await logs(url);
  await talk();
  const lost = await logs(url);
  const entries = [...lost].reduce((sum, [room, { head }]) => sum + head - (kept.get(room)?.head ?? 0), 0);
  if (entries === 0) throw new Error('Nothing was written after the backup: the restore would show nothing.');
  const began = history.now();
  await options.restartDatabase();
  await restore(url, file, { replace: true });
  for (const [room, { epoch, head }] of await logs(url))
    history.write({ kind: 'restore', room, from: lost.get(room)?.epoch ?? '', to: epoch, keep: head });
  const ms = Math.round(history.now() - began);
  // A node compares its logs with the database every 2 s; a client then begins again.
  await delay(HEARD);
  await talk();
  return { entries, ms };
}

const HEARD = 4000;

async function logs(url: string): Promise<Map<string, { epoch: string; head: number }>> {
  const rows = await withConnection(url, sql => sql`select id, epoch, head::int as head from rooms`);
  return new Map(rows.map(({ id, epoch, head }) => [id, { epoch, head }]));
}
