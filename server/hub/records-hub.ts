// Moderation and retention in one piece: both take messages out of logs past the log writer, and tell the rooms of it as it does.
import type { Bus } from './bus.ts';
import type { HubOptions } from './hub-options.ts';
import type { Leases } from './lease.ts';
import type { Batch } from './log-writer.ts';
import type { Pressure } from './pressure.ts';
import { createReports, type Reports } from './reports.ts';
import { createRetention, type Retention } from './retention.ts';
import type { SocketBook } from './socket-book.ts';

export interface RecordsHub {
  readonly reports: Reports;
  readonly retention: Retention;
}

export function createRecordsHub(
  deps: Pick<HubOptions, 'store' | 'outlet' | 'retentionDays' | 'log'> & {
    bus: Bus;
    sockets: SocketBook;
    leases: Leases;
    pressure: Pressure;
    committed(batches: Batch[]): void;
    deleted(): void;
    now(): number;
  },
): RecordsHub {
  return {
    reports: createReports(deps),
    retention: createRetention({ ...deps, defaultDays: deps.retentionDays }),
  };
}
