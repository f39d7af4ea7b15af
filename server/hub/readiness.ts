// Whether this node can serve: its database takes a write within a second, and it is not on its way out.
import type { IndexState } from './ports-indexing.ts';
import type { VendorState } from './ports-integrations.ts';

const PATIENCE = 1000;

export interface Readiness {
  readonly ready: boolean;
  /** One line per thing that was looked at; for operators, without secrets. */
  readonly checks: Readonly<Record<string, string>>;
}

/** @param deps.probe writes to the database and rejects with a sentence when it cannot */
export function createReadiness(deps: {
  probe(): Promise<unknown>;
  draining(): boolean;
  /** Its loss makes other nodes slow to hear of us, and no more. */
  redis?(): string;
  /** What is refused for load; a node that sheds still serves, and to take it out would only press the others. */
  load(): string;
  /** The index outside the database: while it is away, the database finds messages. */
  index?(): IndexState;
  /** Services outside; whatever befalls them, people can be served. */
  integrations(): Readonly<Record<string, VendorState>>;
}): () => Promise<Readiness> {
  const database = async (): Promise<string> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>(resolve => {
      timer = setTimeout(resolve, PATIENCE, `no answer within ${PATIENCE} ms`);
    });
    const probe = deps.probe().then(
      () => 'ok',
      (error: Error) => error.message,
    );
    try {
      return await Promise.race([probe, late]);
    } finally {
      clearTimeout(timer);
    }
  };
  return async () => {
    const checks = {
      database: await database(),
      draining: deps.draining() ? 'yes' : 'no',
      load: deps.load(),
      ...(deps.redis && { redis: deps.redis() }),
      ...(deps.index && { search: ofIndex(deps.index()) }),
      ...Object.fromEntries(
        Object.entries(deps.integrations()).map(([name, state]) => [name, inWords(state)]),
      ),
    };
    return { ready: checks.database === 'ok' && checks.draining === 'no', checks };
  };
}

function ofIndex(state: IndexState): string {
  const { keeping, answers } = state;
  const told = [
    inWords(state),
    ...(answers ? [] : ['the database answers']),
    ...(keeping ? [`${keeping.behind} log entries behind`] : []),
    ...(keeping?.dead ? [`${keeping.dead} messages left out`] : []),
  ];
  return told.join('; ');
}

const inWords = (state: { readonly state: string; readonly reason?: string }): string =>
  'reason' in state ? `${state.state}: ${state.reason}` : state.state;
