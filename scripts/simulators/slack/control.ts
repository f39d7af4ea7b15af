// The simulator's own small API, for a web page or a scenario: what people do at Slack, and what goes wrong there. `POST /control` with one deed,
// `GET /control` for the state of everything.
import { z } from 'zod';
import type { Fault } from './gate.ts';
import type { Message } from './shapes.ts';
import type { SlackSimulator } from './simulator.ts';

const user = z.string();
const channel = z.string();
const ts = z.string();
const seconds = z.number().default(0);
const deed = <N extends string, S extends z.ZodRawShape>(name: N, shape: S) =>
  z.object({ do: z.literal(name), ...shape });

const fault = z.intersection(
  z.object({
    method: z.string().optional(),
    times: z.number().optional(),
    share: z.number().optional(),
  }),
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('status'), status: z.number() }),
    z.object({ kind: z.literal('rate_limited'), retryAfter: z.number() }),
    z.object({ kind: z.literal('error'), error: z.string() }),
    z.object({ kind: z.literal('slow'), ms: z.number() }),
    z.object({ kind: z.literal('cut') }),
  ]),
);

const deeds = z.discriminatedUnion('do', [
  deed('user', { name: z.string(), email: z.string().optional() }),
  deed('channel', { name: z.string(), private: z.boolean().default(false) }),
  deed('archive', { channel, on: z.boolean().default(true) }),
  deed('say', { channel, user, text: z.string(), thread: ts.optional() }),
  deed('edit', { channel, user, ts, text: z.string() }),
  deed('delete', { channel, user, ts }),
  deed('react', { channel, user, ts, name: z.string(), on: z.boolean().default(true) }),
  deed('command', { channel, user, text: z.string() }),
  deed('presence', { user, presence: z.enum(['active', 'away']) }),
  deed('status', { user, text: z.string(), emoji: z.string().default(''), until: z.number().default(0) }),
  deed('huddle', { user, on: z.boolean() }),
  deed('dnd', { user, seconds }),
  deed('fault', { fault }),
  deed('mend', {}),
  deed('disconnect', {
    reason: z.enum(['refresh_requested', 'warning', 'too_many_websockets', 'link_disabled']),
  }),
  deed('revoke', { error: z.enum(['invalid_auth', 'account_inactive', 'token_revoked']) }),
  deed('restore', {}),
]);
export type Deed = z.input<typeof deeds>;

/** @throws ZodError for what is no deed, Refusal for what Slack would not allow */
export async function act(simulator: SlackSimulator, input: unknown): Promise<unknown> {
  const { workspace, talk } = simulator;
  const wish = deeds.parse(input);
  switch (wish.do) {
    case 'user':
      return workspace.addUser(wish.name, wish.email === undefined ? {} : { email: wish.email });
    case 'channel':
      return describe(workspace.addChannel(wish.name, { is_private: wish.private }));
    case 'archive':
      workspace.channel(wish.channel).is_archived = wish.on;
      return {};
    case 'say':
      return talk.post(wish.channel, wish.user, { text: wish.text, thread_ts: wish.thread });
    case 'edit':
      return talk.edit(wish.channel, wish.user, wish.ts, wish.text);
    case 'delete':
      return talk.remove(wish.channel, wish.user, wish.ts) ?? {};
    case 'react':
      return talk.react(wish.channel, wish.user, wish.ts, wish.name, wish.on) ?? {};
    case 'command':
      return { text: await simulator.command(wish.channel, wish.user, wish.text) };
    case 'presence':
      return workspace.setPresence(wish.user, wish.presence) ?? {};
    case 'status':
      return workspace.setStatus(wish.user, wish.text, wish.emoji, wish.until) ?? {};
    case 'huddle':
      return workspace.setHuddle(wish.user, wish.on) ?? {};
    case 'dnd':
      return workspace.setDnd(wish.user, wish.seconds) ?? {};
    case 'fault':
      simulator.fail(wish.fault as Fault);
      return {};
    case 'mend':
      return simulator.mend() ?? {};
    case 'disconnect':
      return simulator.sockets.disconnect(wish.reason) ?? {};
    case 'revoke':
      return simulator.revoke(wish.error) ?? {};
    case 'restore':
      return simulator.restore() ?? {};
  }
}

const describe = ({
  members,
  messages,
  ...channel
}: {
  members: Set<string>;
  messages: Message[];
  id: string;
}) => ({
  ...channel,
  members: [...members],
  messages: messages.slice(-100),
});

export function show({ workspace, sockets, faults }: SlackSimulator): object {
  return {
    users: [...workspace.users.values()].map(one => ({
      ...one,
      presence: workspace.presenceOf(one.id),
      dnd: workspace.dndOf(one.id),
    })),
    channels: [...workspace.channels.values()].map(describe),
    sockets: { open: sockets.size, ...sockets.counts },
    faults: [...faults],
  };
}
