// Asks ClamAV's clamd whether there is a virus in a file, by its INSTREAM command: the bytes go over a connection of their own, and nothing
// of ours need be readable to it.
import { once } from 'node:events';
import net from 'node:net';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { HubError, unavailable } from '../hub/errors.ts';
import type { VirusScanner } from '../hub/ports-files.ts';

export interface ClamdOptions {
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly tempo?: Partial<ClamdTempo>;
}

/** In ms. */
export interface ClamdTempo {
  readonly connectMs: number;
  /** From one piece of a file to the next: what clamd takes, and what the storage gives. */
  readonly pieceMs: number;
  /** For the verdict, once all is sent; clamd scans then. */
  readonly verdictMs: number;
}

const TEMPO: ClamdTempo = { connectMs: 3000, pieceMs: 30_000, verdictMs: 180_000 };
/** Characters of an answer; a virus has a short name. */
const MAX_ANSWER = 1000;

export function createClamd({ address, tempo }: ClamdOptions): VirusScanner {
  const patience = { ...TEMPO, ...tempo };
  const where = 'path' in address ? address.path : `${address.host}:${address.port}`;

  /** Sends a command and what belongs to it, and gives back the one answer there is to it. */
  async function ask(command: string, body?: Readable): Promise<string> {
    const socket = net.connect(address);
    const late = () => socket.destroy(new Error('it does not answer in time'));
    const timer = setTimeout(late, patience.connectMs);
    const after = (ms: number) => socket.setTimeout(ms, late);
    const answer = read(socket);
    // Whoever sends hears of a fault too, and asks for the answer later.
    answer.catch(() => body?.destroy());
    try {
      await Promise.race([once(socket, 'connect'), answer]);
      clearTimeout(timer);
      after(patience.pieceMs);
      socket.write(`z${command}\0`);
      if (body) await Promise.race([send(body, socket), answer]);
      after(patience.verdictMs);
      return await answer;
    } catch (error) {
      // The storage's own failure is not clamd's.
      if (body?.errored) throw body.errored;
      throw unavailable(`The virus scanner at ${where} does not answer (${(error as Error).message}).`);
    } finally {
      clearTimeout(timer);
      socket.destroy();
      body?.destroy();
    }
  }

  return {
    async scan(file) {
      // It may fail while nobody reads it.
      file.on('error', () => {});
      const answer = await ask('INSTREAM', file);
      if (answer === 'stream: OK') return undefined;
      const found = /^stream: (.+) FOUND$/.exec(answer)?.[1];
      if (found) return printable(found);
      if (/size limit exceeded/i.test(answer))
        throw new HubError(
          'too_large',
          'it is larger than the virus scanner takes (StreamMaxLength of clamd).',
        );
      throw unavailable(`The virus scanner at ${where} could not scan (${printable(answer)}).`);
    },

    async probe() {
      const answer = await ask('PING');
      if (answer !== 'PONG')
        throw unavailable(`What listens at ${where} is no clamd: set CLAMAV_URL to one, or leave it out.`);
    },
  };
}

/** What is said until the zero byte that ends an answer. */
function read(socket: net.Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    socket.on('data', piece => {
      said += piece.toString('latin1');
      const end = said.indexOf('\0');
      if (end >= 0) resolve(said.slice(0, end).trim());
      else if (said.length > MAX_ANSWER) socket.destroy(new Error('its answer has no end'));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('it closed the connection')));
  });
}

/**
 * Each piece behind its length, and an empty one at the end. clamd that has had enough answers in the middle and closes. Its answer is read
 * between two pieces; should one be on its way just then, the answer is lost, and the file is scanned again.
 */
async function send(file: Readable, socket: net.Socket): Promise<void> {
  for await (const piece of file as AsyncIterable<Buffer>) {
    await setImmediate();
    if (socket.destroyed) return;
    if (piece.length === 0) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(piece.length);
    socket.write(length);
    await new Promise(resolve => socket.write(piece, resolve));
  }
  socket.write(Buffer.alloc(4));
}

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
