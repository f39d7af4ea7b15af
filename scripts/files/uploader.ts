// A client that uploads one file by tus-js-client, as a process of its own so that it can be killed. What it must know after that stands in a file.
// At each gate it stands still in the middle of a request until it hears "go" on stdin, or the request breaks off.
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Upload, type UploadOptions } from 'tus-js-client';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '' },
    token: { type: 'string', default: '' },
    room: { type: 'string', default: '' },
    file: { type: 'string', default: '' },
    state: { type: 'string', default: '' },
    gates: { type: 'string', default: '' },
  },
});
const nodes = values.nodes.split(',');
const gates = values.gates.split(',').filter(Boolean).map(Number);
const { size } = await stat(values.file);
const say = (word: string) => process.stdout.write(`${word}\n`);
/** Between two tries, in ms. */
const PAUSE = 250;

let goOn = () => {};
createInterface({ input: process.stdin }).on('line', () => goOn());

/** The file from an offset, with gates in it. */
async function* paced(start: number, end: number) {
  let at = start;
  for await (const chunk of createReadStream(values.file, {
    start,
    end: end - 1,
    highWaterMark: 64 * 1024,
  })) {
    yield chunk;
    at += chunk.length;
    if (gates[0] === undefined || at < gates[0]) continue;
    say(`gate ${gates.shift()}`);
    await new Promise<void>(resolve => {
      goOn = resolve;
    });
  }
}

const fileReader = {
  openFile: async () => ({
    size,
    slice: async (start: number, end: number) => ({
      value: Object.assign(Readable.from(paced(start, Math.min(end, size))), {
        size: Math.min(end, size) - start,
      }),
      done: end >= size,
    }),
    close: () => {},
  }),
} as unknown as NonNullable<UploadOptions['fileReader']>;

/** One try at one node. The path of the upload is known from then on, whatever becomes of it. */
function upload(node: string, known: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const one = new Upload(Readable.from([]), {
      fileReader,
      endpoint: `${node}/api/files`,
      ...(known && { uploadUrl: `${node}${known}` }),
      uploadSize: size,
      headers: { Authorization: `Bearer ${values.token}` },
      metadata: { filename: 'large.bin', room: values.room },
      retryDelays: null as unknown as number[],
      onUploadUrlAvailable: () => void writeFile(values.state, new URL(one.url as string).pathname),
      onError: reject,
      onSuccess: () => resolve(new URL(one.url as string).pathname),
    });
    one.start();
  });
}

for (let tries = 0; ; tries++) {
  const known = await readFile(values.state, 'utf8').catch(() => undefined);
  try {
    say(`done ${await upload(nodes[tries % nodes.length] as string, known)}`);
    break;
  } catch (error) {
    say(`failed ${String(error).slice(0, 160).replaceAll('\n', ' ')}`);
    goOn();
    await delay(PAUSE);
  }
}
process.exit(0);
