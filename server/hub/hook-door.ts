// The way in: who has a webhook's address says something in its room, as the webhook, and nothing more.
import { createHash } from 'node:crypto';
import { hopsOf } from '#shared/hops.ts';
import { type CallData, calls } from '#shared/protocol/calls.ts';
import { hookMessage } from '#shared/protocol/hooks.ts';
import { hookText } from '#shared/slack/hook-text.ts';
import { forbidden, notFound, overloaded } from './errors.ts';
import { parseInput } from './input.ts';
import type { MessageHub } from './messages.ts';
import type { HookStore, Speaker } from './ports-hooks.ts';
import type { Pressure } from './pressure.ts';
import { hashSecret } from './secrets.ts';

/** As `newSecret` makes them. */
const TOKEN = /^[\w-]{43}$/;

export interface HookDoor {
  /** Whose address it is. @throws HubError `not_found`, the same for whatever is none */
  find(token: string): Promise<Speaker>;
  /**
   * @param words as they came, parsed from JSON
   * @param from.slack they came the way that only Slack's webhooks have
   * @param from.key the same again is the same message (I3)
   * @param from.hops webhooks and bots that they came through on their way
   */
  post(
    speaker: Speaker,
    words: unknown,
    from: { slack: boolean; key?: string | undefined; hops: number },
  ): Promise<CallData<'message:send'>>;
}

export function createHookDoor({
  store,
  messages,
  pressure,
}: {
  store: Pick<HookStore, 'findHook'>;
  messages: Pick<MessageHub, 'send'>;
  pressure: Pressure;
}): HookDoor {
  return {
    async find(token) {
      // By its hash, which tells nothing of how near a guess has come.
      const speaker = TOKEN.test(token) ? await store.findHook(hashSecret(token)) : null;
      if (!speaker) throw notFound('There is no such webhook.');
      return speaker;
    },
    async post({ id: hook, room, user, kept, member }, words, { slack, key, hops }) {
      if (pressure.refuses('sends')) throw overloaded();
      if (!member) throw forbidden('This webhook was taken out of its room.');
      if (!kept)
        throw forbidden(
          'Whoever looked after this webhook is not in the room any more; somebody who moderates it can take it over.',
        );
      const { id, meta, ...said } = parseInput(hookMessage, words);
      const input = parseInput(calls['message:send'].input, {
        room,
        id: id ?? (key === undefined ? crypto.randomUUID() : keyUuid(hook, key)),
        text: hookText(said, slack),
        meta: { ...meta, via: 'webhook', hops: Math.max(hops, hopsOf(meta)) + 1 },
      });
      return messages.send({ ...user, role: 'bot' }, input);
    },
  };
}

/** A version 8 UUID (RFC 9562) that only this key of this webhook gives. */
function keyUuid(hook: string, key: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([hook, key]))
    .digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5');
}
