// A hub whose summaries say what the test wants, and people who talk and ask there.
import type { CallInput } from '#shared/protocol/calls.ts';
import type { Push } from '#shared/protocol/pushes.ts';
import { type BootOptions, boot, type TestHub } from './boot.ts';
import { connect, type TestClient } from './client.ts';
import { firstLines, type Scripted, scripted } from './summarizer.ts';

export interface Stage extends AsyncDisposable {
  readonly hub: TestHub;
  /** Who writes. */
  readonly writer: Scripted;
  /** What they say; set by tests. */
  say: Parameters<typeof scripted>[0];
  /** One claim for each line again, and nothing was asked. */
  reset(): void;
  person(name: string, on?: TestHub): Promise<TestClient>;
  /** A room of `owner`, with what they said in it. */
  talk(
    owner: TestClient,
    texts: readonly string[],
    members?: string[],
    kind?: 'private' | 'public',
  ): Promise<{ room: string; said: { id: string; seq: number }[] }>;
  /** What the writer was last shown. */
  linesOf(): string[] | undefined;
}

const PER_LINE: Stage['say'] = request => firstLines(request, 30);

export async function openStage(options: BootOptions = {}): Promise<Stage> {
  const writer = scripted((request, signal) => stage.say(request, signal));
  const hub = await boot({ freeSummarizer: writer, ...options });
  const stage: Stage = {
    hub,
    writer,
    say: PER_LINE,
    reset() {
      stage.say = PER_LINE;
      writer.asked.length = 0;
    },
    person: async (name, on = hub) => connect(on.url, { token: await on.token(name) }),
    async talk(owner, texts, members = [], kind = 'private') {
      const room = `r-${crypto.randomUUID().slice(0, 8)}`;
      await owner.call('room:create', { id: room, title: 'Talk', kind, members });
      const said: { id: string; seq: number }[] = [];
      for (const text of texts) said.push(await post(owner, room, text));
      return { room, said };
    },
    linesOf: () => writer.asked.at(-1)?.lines.map(({ text }) => text),
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
  return stage;
}

export const post = (client: TestClient, room: string, text: string) =>
  client.call('message:send', { room, id: crypto.randomUUID(), text });

/** Resolves when it is done; rejects with the error that the hub tells. */
export async function summarize(
  client: TestClient,
  input: CallInput<'summary:request'>,
): Promise<Push<'summary:done'>> {
  const { id } = await client.call('summary:request', input);
  const find = <N extends 'summary:done' | 'summary:failed'>(name: N) =>
    client.pushes.find(push => push.name === name && (push.payload as { id: string }).id === id)?.payload as
      | Push<N>
      | undefined;
  await client.until(() => (find('summary:done') ?? find('summary:failed')) !== undefined);
  const failed = find('summary:failed');
  if (failed) throw Object.assign(new Error(failed.error.message), failed.error);
  return find('summary:done') as Push<'summary:done'>;
}

/** The error with which it fails. */
export async function failure(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('it did not fail');
}
