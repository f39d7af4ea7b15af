// A program: many people with one socket each, as light as they can be: they hear announcements, and acknowledge them when told to.
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { signToken } from '../../../clients/cli/signing.ts';
import type { Announcement } from '../../../shared/protocol/announcements.ts';
import { serve } from '../overload/helper.ts';

export type Crowd = typeof deeds;

interface Person {
  readonly socket: WebSocket;
  /** When the announcement came, on this program's clock of the day. */
  heardAt: number;
  acked: boolean;
}

const people: Person[] = [];
const heard = new Set<string>();
/** Handshakes under way. */
const ABREAST = 16;
/** A hub that is busy closes who is not in within five seconds; they come again. */
const TRIES = 5;

/** Engine.IO and Socket.IO by hand: a client library for each of ten thousand would be most of what is measured. */
function come(url: string, token: string): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const person: Person = { socket, heardAt: 0, acked: false };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
    socket.on('message', data => {
      const text = String(data);
      if (text === '2') socket.send('3');
      else if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token, protocol: 1 })}`);
      else if (text.startsWith('44')) reject(new Error(text));
      else if (text.startsWith('42["welcome"')) {
        people.push(person);
        resolve();
      } else if (text.startsWith('42["announcement",')) {
        if (person.heardAt === 0) person.heardAt = Date.now();
        heard.add((JSON.parse(text.slice(2)) as [string, Announcement])[1].id);
      } else if (text.startsWith('43')) person.acked = text.includes('"ok":true');
    });
  });
}

const deeds = {
  async come({ url, secret, first, count }: { url: string; secret: string; first: number; count: number }) {
    const rest = Array.from({ length: count }, (_, n) => first + n);
    const hand = async () => {
      for (let n = rest.shift(); n !== undefined; n = rest.shift()) {
        const token = await signToken(secret, { user: `user-${n}`, role: 'member', seconds: 3600 });
        for (let tries = 1; ; tries++) {
          try {
            await come(url, token);
            break;
          } catch (error) {
            if (tries === TRIES) throw error;
          }
        }
      }
    };
    await Promise.all(Array.from({ length: ABREAST }, hand));
    return people.length;
  },
  /** How many have heard it, and when the last one did. */
  heard: () => ({
    count: people.filter(({ heardAt }) => heardAt > 0).length,
    last: Math.max(...people.map(({ heardAt }) => heardAt)),
  }),
  /** All acknowledge at once. */
  async acknowledge() {
    const [id] = heard;
    for (const { socket } of people) socket.send(`421${JSON.stringify(['announce:ack', { id }])}`);
    while (people.some(({ acked }) => !acked)) await delay(10);
    return Date.now();
  },
  leave() {
    for (const { socket } of people.splice(0)) socket.terminate();
  },
};

serve(deeds);
