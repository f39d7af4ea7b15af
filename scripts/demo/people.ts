// The people of the demo: an account here for everybody of the scenario, linked to theirs outside; the room they meet in; and what they do there when
// others talk.
import { setTimeout as delay } from 'node:timers/promises';
import { signToken, type TokenWish } from '../../clients/cli/signing.ts';
import { type Court, createClient } from '../../clients/js/index.ts';
import type { Act } from '../simulators/player.ts';
import type { Person } from '../simulators/playground.ts';
import type { Stage } from './stage.ts';

export interface House extends AsyncDisposable {
  readonly room: string;
  /** Whose screen it is; an admin. */
  readonly host: { readonly id: string; readonly name: string; readonly role: 'admin' };
}

export const HOST = { id: 'host', name: 'You', role: 'admin' } as const;
const ROOM = { id: 'fountain-court', title: 'Fountain court', kind: 'public' } as const;
const TOPIC = 'Also #general at Slack, and the fountain court at Gather';
/** Without a device here: what Slack and Gather say of them is all there is. */
const ELSEWHERE = new Set(['mary', 'charles', 'emmy']);
/** Where the room is at Slack and at Gather, and who says so there, being its owner. */
const [KEEPER, CHANNEL, AREA] = ['ada', '#general', 'palace/fountain court'];
const DAY = 24 * 3600;
const LOOK = 50;
const PATIENCE = 30_000;

export async function fillHouse(
  { url, jwtSecret, playgrounds }: Stage,
  people: readonly Person[],
  act: (deed: Act) => Promise<void>,
  signal: AbortSignal,
): Promise<House> {
  await using parts = new AsyncDisposableStack();
  const enter = async (user: Person & { readonly role?: 'admin' }): Promise<Court> => {
    const { id, name, role = 'member' } = user;
    const wish: TokenWish = { user: id, name, role, seconds: DAY };
    const court = createClient({ url, getToken: () => signToken(jwtSecret, wish) });
    await court.connect();
    return court;
  };
  const host = parts.use(await enter(HOST));
  const courts = new Map<string, Court>();
  for (const person of people) courts.set(person.id, parts.use(await enter(person)));

  await courts.get(KEEPER)?.call('room:create', { ...ROOM, topic: TOPIC });
  for (const court of [host, ...courts.values()]) await court.room(ROOM.id).join();
  for (const [vendor, { accountOf }] of playgrounds) {
    for (const { id } of people)
      await host.call('link:set', { vendor: vendor as 'slack', id: accountOf(id), user: id });
  }
  await until(async () => {
    const { integrations } = await host.call('integration:list', {});
    return integrations.every(({ state }) => state === 'ready');
  }, signal);
  await act({
    ...{ simulator: 'slack', person: KEEPER, deed: '/court', place: CHANNEL },
    words: `link ${ROOM.id}`,
  });
  await act({ simulator: 'gather', person: KEEPER, deed: 'join', place: AREA });
  await act({ simulator: 'gather', person: KEEPER, deed: '/court', words: `bind ${ROOM.id}` });
  const said = () => host.presence.get(KEEPER)?.text;
  await until(() => said() === 'In the fountain court (Gather)', signal);
  await act({ simulator: 'gather', person: KEEPER, deed: 'leave' });
  for (const [id, court] of courts) if (ELSEWHERE.has(id)) await court.close();

  const here = people.flatMap(({ id }) => (ELSEWHERE.has(id) ? [] : (courts.get(id) ?? [])));
  parts.defer(listen(here));
  const open = parts.move();
  return { room: ROOM.id, host: HOST, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

const EMOJI = ['👍', '😄', '🎉', '👏', '❤️', '🤔'];
/** Every so many messages somebody reacts, some with somebody else's emoji; and how long they write, in ms. */
const [REACTING, JOINING, WRITING] = [4, 9, 3500];

/** They react to what is said, and are seen to write. @returns ends it */
function listen(courts: readonly Court[]): () => void {
  const [first] = courts;
  let heard = 0;
  let writing = 0;
  const off = first?.room(ROOM.id).on('message', ({ id }) => {
    heard++;
    const fans = heard % JOINING === 0 ? 3 : heard % REACTING === 0 ? 1 : 0;
    const emoji = EMOJI[heard % EMOJI.length] as string;
    for (let n = 0; n < fans; n++)
      courts[(heard + n) % courts.length]?.room(ROOM.id).react(id, emoji, true).done.catch(ended);
  });
  const timer = setInterval(() => {
    courts[writing % courts.length]?.room(ROOM.id).typing(false);
    courts[++writing % courts.length]?.room(ROOM.id).typing(true);
  }, WRITING);
  return () => {
    off?.();
    clearInterval(timer);
  };
}

/** The demo is over before the reaction was in the log, or its message is gone. */
const ended = () => {};

async function until(condition: () => boolean | Promise<boolean>, signal: AbortSignal): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('The hub and the simulators did not find each other.');
    await delay(LOOK, undefined, { signal });
  }
}
