// A Socket.IO socket that costs a load generator little: frames by hand, and only what is asked for is parsed.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { CallData, CallName } from '../../../shared/protocol/calls.ts';
import type { Reply, WireError } from '../../../shared/protocol/errors.ts';

/** What the hub said no with. */
export class Refused extends Error {
  readonly error: WireError;

  constructor(error: WireError) {
    super(error.message);
    this.error = error;
  }
}

export interface Wire {
  /** @throws Refused */
  call<C extends CallName>(name: C, input: object): Promise<CallData<C>>;
  /** Emits without a promise, for many; `json` is the input. */
  send(name: CallName, json: string, answered: (reply: Reply<never>) => void): void;
  /** Calls that wait for an answer. */
  readonly waiting: number;
  close(): void;
}

const ACK = Buffer.from('43');
const PING = Buffer.from('2');

/** @param pushed gets each push as its bytes, `42["name",payload]` */
export async function openWire(url: string, token: string, pushed: (frame: Buffer) => void): Promise<Wire> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  const answers = new Map<number, (reply: Reply<never>) => void>();
  let last = 0;
  const admitted = Promise.withResolvers<void>();
  socket.on('close', () => admitted.reject(new Error('The hub closed the connection.')));
  socket.on('message', (frame: Buffer) => {
    if (frame.equals(PING)) return socket.send('3');
    if (frame.subarray(0, 2).equals(ACK)) {
      const from = frame.indexOf('[');
      const id = Number(frame.toString('latin1', 2, from));
      const answered = answers.get(id);
      answers.delete(id);
      return answered?.(JSON.parse(frame.toString('utf8', from))[0]);
    }
    const kind = frame.toString('latin1', 0, 2);
    if (kind === '40') admitted.resolve();
    else if (kind === '44') admitted.reject(new Error(frame.toString()));
    else if (kind === '42') pushed(frame);
  });
  await once(socket, 'open');
  socket.send(`40${JSON.stringify({ token, protocol: 1 })}`);
  await admitted.promise;

  const send: Wire['send'] = (name, json, answered) => {
    const id = last++;
    answers.set(id, answered);
    socket.send(`42${id}["${name}",${json}]`);
  };
  return {
    send,
    call: (name, input) =>
      new Promise((resolve, reject) =>
        send(name, JSON.stringify(input), reply =>
          reply.ok ? resolve(reply.data) : reject(new Refused(reply.error)),
        ),
      ),
    get waiting() {
      return answers.size;
    },
    close: () => socket.terminate(),
  };
}
