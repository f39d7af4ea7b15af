// A program: people in rooms who talk at a rate that is asked for, whatever the hub says, and who afterwards compare what they were told with the log.
import type { LogEvent } from '../../../shared/protocol/events.ts';
import type { Push } from '../../../shared/protocol/pushes.ts';
import { serve } from './helper.ts';
import type { Person } from './hub.ts';
import { openWire, Refused, type Wire } from './wire.ts';

interface Offer {
  readonly perSecond: number;
  readonly seconds: number;
}

/** What came of an offer. Times are from the send to the ack, in milliseconds. */
export interface Told {
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
  /** Until the last answer was here, in seconds. */
  readonly seconds: number;
}

interface Talkers {
  offer(offer: Offer): Promise<Told>;
  /** Reads every log; a sentence for each promise that was broken. */
  check(): Promise<string[]>;
}

interface Talker {
  readonly wire: Wire;
  readonly room: string;
}

const TEXT = 'x'.repeat(120);
const percentile = (sorted: Float64Array, share: number) =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);

async function openTalkers(url: string, who: readonly Person[], perRoom: number): Promise<Talkers> {
  /** By room, then by id: the number that an ack gave, or -1 of a refused one. */
  const told = new Map<string, Map<string, number>>();
  const broken: string[] = [];
  const talkers: Talker[] = [];

  const join = async (wire: Wire, room: string, after?: { epoch: string; seq: number }) => {
    for (;;) {
      try {
        return await wire.call('room:join', { room, ...(after && { after }) });
      } catch (error) {
        if (!(error instanceof Refused) || error.error.code !== 'unavailable') throw error;
        await new Promise(resolve => setTimeout(resolve, error.error.retryAfterMs ?? 1000));
      }
    }
  };

  const open = async (i: number): Promise<Talker> => {
    const room = `room-${Math.floor(i / perRoom)}`;
    const observes = i % perRoom === 0;
    const { token } = who[i] as Person;
    let seq: number | undefined;
    let epoch = '';
    const enter = async (after?: { epoch: string; seq: number }) => {
      seq = undefined;
      const joined = await join(wire, room, after);
      ({ epoch } = joined);
    };
    const wire = await openWire(url, token, frame => {
      if (frame.subarray(0, 10).includes('"resync"')) {
        const [, { head }] = JSON.parse(frame.toString('utf8', 2)) as ['resync', Push<'resync'>];
        enter({ epoch, seq: head }).catch(error => broken.push(`a join failed: ${error}`));
      } else if (observes && frame.subarray(0, 10).includes('"events"')) {
        const [, { events }] = JSON.parse(frame.toString('utf8', 2)) as ['events', Push<'events'>];
        for (const event of events) {
          if (seq !== undefined && event.seq !== seq + 1)
            broken.push(`${room}: ${event.seq} came after ${seq}`);
          seq = event.seq;
        }
      }
    });
    if (observes) await wire.call('room:create', { id: room, title: room, kind: 'public' });
    if (!told.has(room)) told.set(room, new Map());
    return { wire, room };
  };
  // Whoever observes makes the room; the others can come then.
  for (let i = 0; i < who.length; i += perRoom) {
    const few = Array.from({ length: Math.min(perRoom, who.length - i) }, (_, k) => i + k);
    const [first, ...rest] = few;
    talkers.push(await open(first as number), ...(await Promise.all(rest.map(open))));
  }
  for (const { wire, room } of talkers) await join(wire, room);

  return {
    async offer({ perSecond, seconds }) {
      const total = Math.round(perSecond * seconds);
      const times = new Float64Array(total);
      let accepted = 0;
      let refused = 0;
      const began = performance.now();
      let sent = 0;
      const late = () => performance.now() - began > (seconds + 30) * 1000;
      while (sent < total || (accepted + refused < sent && !late())) {
        const passed = (performance.now() - began) / 1000;
        // Not more than was to be sent: who cannot keep up says so by a smaller `offered`.
        if (passed > seconds && sent < total) break;
        const due = Math.min(total, Math.floor(passed * perSecond));
        for (; sent < due; sent++) {
          const { wire, room } = talkers[sent % talkers.length] as Talker;
          const id = crypto.randomUUID();
          const at = performance.now();
          wire.send('message:send', `{"room":"${room}","id":"${id}","text":"${TEXT}"}`, reply => {
            if (reply.ok) {
              times[accepted++] = performance.now() - at;
              told.get(room)?.set(id, (reply.data as { seq: number }).seq);
            } else {
              refused++;
              told.get(room)?.set(id, -1);
              if (reply.error.code !== 'unavailable' || !reply.error.retryAfterMs)
                broken.push(`refused with ${JSON.stringify(reply.error)}`);
            }
          });
        }
        await new Promise(resolve => setTimeout(resolve, 4));
      }
      while (accepted + refused < sent && !late()) await new Promise(resolve => setTimeout(resolve, 20));
      if (accepted + refused < sent)
        broken.push(`${sent - accepted - refused} sends were never answered (I12)`);
      const sorted = times.subarray(0, accepted).sort();
      return {
        offered: sent,
        accepted,
        refused,
        p50: percentile(sorted, 0.5),
        p99: percentile(sorted, 0.99),
        seconds: (performance.now() - began) / 1000,
      };
    },
    async check() {
      for (const [room, answers] of told) {
        const { wire } = talkers.find(talker => talker.room === room) as Talker;
        const log = await readLog(wire, room);
        broken.push(...compare(room, log, answers));
      }
      return broken;
    },
  };
}

async function readLog(wire: Wire, room: string): Promise<LogEvent[]> {
  const log: LogEvent[] = [];
  for (;;) {
    const { events } = await wire.call('events:read', { room, after: log.length, limit: 500 });
    if (events.length === 0) return log;
    log.push(...events);
  }
}

function compare(room: string, log: readonly LogEvent[], answers: ReadonlyMap<string, number>): string[] {
  const broken: string[] = [];
  const seqs = new Map<string, number>();
  log.forEach(({ id, seq }, i) => {
    if (seq !== i + 1) broken.push(`${room}: entry ${i + 1} has the number ${seq} (I4)`);
    if (seqs.has(id)) broken.push(`${room}: ${id} is there twice (I3)`);
    seqs.set(id, seq);
  });
  for (const [id, seq] of answers) {
    const there = seqs.get(id);
    if (seq === -1 && there !== undefined) broken.push(`${room}: ${id} was refused and is there (I2)`);
    if (seq !== -1 && there !== seq)
      broken.push(`${room}: ${id} was acknowledged as ${seq} and is ${there} (I1)`);
  }
  return broken;
}

export type Flood = typeof deeds;

let talkers: Talkers | undefined;
const open = (): Talkers => {
  if (!talkers) throw new Error('Nobody has come yet.');
  return talkers;
};
const deeds = {
  async come({ url, who, perRoom }: { url: string; who: readonly Person[]; perRoom: number }) {
    talkers = await openTalkers(url, who, perRoom);
  },
  offer: (offer: Offer) => open().offer(offer),
  check: () => open().check(),
};

serve(deeds);
