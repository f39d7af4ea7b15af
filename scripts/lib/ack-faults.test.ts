// The frames of a real Socket.IO server through the filter, in chunks of any size: acks of messages go as they are fated, all else arrives whole.
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createAckFaults, type Fate } from './ack-faults.ts';

const test = suite('ack-faults');
const HEAD = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');

/** As a server sends a text (RFC 6455, 5.2). */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const header =
    body.length < 126
      ? Buffer.from([0x81, body.length])
      : body.length < 65_536
        ? Buffer.from([0x81, 126, body.length >> 8, body.length & 0xff])
        : Buffer.from([
            0x81,
            127,
            0,
            0,
            0,
            0,
            ...new Uint8Array(new Uint32Array([body.length]).buffer).reverse(),
          ]);
  return Buffer.concat([header, body]);
}

const ack = (call: number) => `43${call}[{"ok":true,"data":{"id":"m${call}","seq":${call}}}]`;
const sizes = fc.constantFrom(0, 1, 125, 126, 127, 70_000);
const texts = fc.array(
  fc.oneof(
    fc.nat(999).map(ack),
    sizes.map(size => `42["events",${'x'.repeat(size)}]`),
    fc.nat(9).map(call => `43${call}[{"ok":true,"data":{"seq":1}}]`),
    fc.nat(9).map(call => `43${call}[{"ok":false,"error":{"code":"unavailable"}}]`),
  ),
  { maxLength: 12 },
);

test('whatever the chunks, what is not fated goes through byte for byte and in order', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), (all, cuts) => {
      let acks = 0;
      const late: string[] = [];
      const fateOf = (): Fate => [undefined, 'lost', 700][acks++ % 3] as Fate;
      const pass = createAckFaults(fateOf, (held, ms) => late.push(`${ms} ${held}`));
      const bytes = Buffer.concat([HEAD, ...all.map(frame)]);
      const out: Buffer[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = cuts[i % cuts.length] as number;
        out.push(...pass(bytes.subarray(at, at + size)));
        at += size;
      }
      const fated = all.filter(text => /^43\d+.*"id"/.test(text));
      const gone = new Set(fated.flatMap((_, i) => (i % 3 === 0 ? [] : [i])));
      let seen = 0;
      const kept = all.filter(text => !fated.includes(text) || !gone.has(seen++));
      assert.equal(Buffer.concat(out), Buffer.concat([HEAD, ...kept.map(frame)]));
      assert.equal(
        late,
        fated.filter((_, i) => i % 3 === 2).map(text => `700 ${frame(text)}`),
      );
    }),
    { numRuns: 300 },
  );
});

test.run();
