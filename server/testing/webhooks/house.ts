// A hub with webhooks for tests: Olga, who owns rooms, a receiver that checks signatures, and an outbox without patience.
import type { CallData } from '#shared/protocol/calls.ts';
import type { Hook } from '#shared/protocol/hooks.ts';
import type { Message } from '#shared/protocol/models.ts';
import { withConnection } from '../../store/databases.ts';
import { boot, type TestHub } from '../boot.ts';
import { connect, type TestClient } from '../client.ts';
import { until } from '../until.ts';
import { openWebhookReceiver, textOf, type WebhookReceiver } from './receiver.ts';

export interface WebhookHouse extends AsyncDisposable {
  readonly hub: TestHub;
  readonly receiver: WebhookReceiver;
  readonly olga: TestClient;
  readonly admin: TestClient;
  sql(text: string): Promise<Record<string, unknown>[]>;
  client(id: string, role?: 'member' | 'admin'): Promise<TestClient>;
  /** A room of Olga's; its members are written down as users. */
  room(id: string, kind?: 'public' | 'private', members?: string[]): Promise<string>;
  say(who: TestClient, room: string, text: string): Promise<CallData<'message:send'>>;
  /** One of Olga's that speaks. */
  speaker(room: string, name?: string): Promise<{ id: string; url: string }>;
  /** One of Olga's that hears, at a path of the receiver that knows its secret. */
  hearer(room: string, path: string, more?: object): Promise<string>;
  /** As an admin is shown it. */
  shown(id: string): Promise<Hook>;
  /** Texts that were taken at a path. */
  texts(path: string): string[];
  /** Resolves when so much was taken there. */
  heard(path: string, count: number): Promise<void>;
  messages(room: string): Promise<Message[]>;
}

export async function openWebhookHouse(): Promise<WebhookHouse> {
  await using parts = new AsyncDisposableStack();
  const receiver = parts.use(await openWebhookReceiver());
  const hub = parts.use(
    await boot({
      env: { PRIVATE_TARGETS: '127.0.0.1' },
      pollMs: 100,
      outbox: {
        look: 20,
        pace: { email: 0, push: 0, sms: 0, webhook: 0 },
        retry: { least: 10, most: 40 },
        rest: { least: 10, most: 50 },
      },
    }),
  );
  const sql: WebhookHouse['sql'] = text =>
    withConnection(hub.databaseUrl, async db => [...(await db.unsafe(text))]);
  const people = parts.use(new AsyncDisposableStack());
  const client: WebhookHouse['client'] = async (id, role = 'member') =>
    people.use(await connect(hub.url, { token: await hub.token(id, { role }) }));
  const olga = await client('olga');
  const admin = await client('admin', 'admin');
  const open = parts.move();
  return {
    hub,
    receiver,
    olga,
    admin,
    sql,
    client,
    texts: path => receiver.of(path).map(textOf),
    async room(id, kind = 'private', members = []) {
      for (const member of members)
        await sql(
          `insert into users (id, name, role) values ('${member}', '${member}', 'member') on conflict do nothing`,
        );
      await olga.call('room:create', { id, title: `Room ${id}`, kind, members });
      return id;
    },
    say: (who, room, text) => who.call('message:send', { room, id: crypto.randomUUID(), text }),
    async speaker(room, name = 'Deploys') {
      const { id, url = '' } = await olga.call('hook:create', { room, name, direction: 'in' });
      return { id, url };
    },
    async hearer(room, path, more = {}) {
      const { id, secret = '' } = await olga.call('hook:create', {
        ...{
          room,
          name: `To ${path}`,
          direction: 'out',
          url: receiver.url + path,
          events: ['message.created'],
        },
        ...more,
      });
      receiver.secrets.set(path, [secret]);
      return id;
    },
    async shown(id) {
      const found = (await admin.call('hook:list', {})).hooks.find(hook => hook.id === id);
      if (!found) throw new Error(`there is no webhook ${id}`);
      return found;
    },
    heard: (path, count) => until(() => receiver.of(path).length >= count, `${count} at ${path}`),
    messages: async room => (await olga.call('messages:read', { room })).messages,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** What a program posts to an address. */
export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
