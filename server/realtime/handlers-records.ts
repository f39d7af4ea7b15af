// What the calls about reports and retention do: one line each.
import type { RecordsHub } from '../hub/records-hub.ts';
import type { Handlers } from './handlers.ts';

type RecordCall = `${'report' | 'retention'}:${string}`;

export function recordHandlers({
  reports,
  retention,
}: Pick<RecordsHub, 'reports' | 'retention'>): Pick<Handlers, Extract<keyof Handlers, RecordCall>> {
  return {
    'report:send': ({ actor }, input) => reports.send(actor, input),
    'report:list': ({ actor }, input) => reports.list(actor, input),
    'report:settle': ({ actor }, input) => reports.settle(actor, input),
    'retention:list': ({ actor }, input) => retention.list(actor, input),
    'retention:hold': ({ actor }, input) => retention.hold(actor, input),
    'retention:run': ({ actor }, input) => retention.run(actor, input),
  };
}
