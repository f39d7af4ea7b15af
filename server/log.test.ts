import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog } from './log.ts';

const test = suite('log');

type Level = Parameters<typeof createLog>[0]['logLevel'];

function listen(logLevel: Level = 'debug', terminal = false) {
  let written = '';
  const add = (line: string) => {
    written += line;
  };
  const out = { write: (line: string) => add(line), isTTY: terminal };
  const log = createLog({ logLevel, environment: 'development', nodeName: 'hub-1' }, out);
  return { log, text: () => written, last: () => JSON.parse(written.trim().split('\n').at(-1) ?? '') };
}

const CANARY = 'canary-4711';

test('lines are JSON with time, level and node, and respect the level', () => {
  const { log, last, text } = listen('info');
  log.debug({}, 'not shown');
  log.info({ room: 'lobby' }, 'shown');
  assert.not.match(text(), 'not shown');
  const { time, ...rest } = last();
  assert.equal(rest, { level: 'info', node: 'hub-1', room: 'lobby', msg: 'shown' });
  assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/);
});

for (const terminal of [false, true]) {
  const where = terminal ? 'on a terminal' : 'as JSON';
  test(`secrets and what people wrote are struck out wherever they stand, ${where} (attack 30)`, () => {
    const { log, text } = listen('debug', terminal);
    const error = Object.assign(
      new Error('it broke', { cause: Object.assign(new Error('why'), { token: CANARY }) }),
      {
        query: { access_token: CANARY, list: [{ refreshToken: CANARY }] },
      },
    );
    log.warn(
      {
        err: error,
        headers: {
          Authorization: `Bearer ${CANARY}`,
          cookie: CANARY,
          'set-cookie': [CANARY],
          accept: 'json',
        },
        body: { text: CANARY, password: CANARY, nested: { deep: { JWT_SECRET: CANARY } } },
        key: Buffer.from(CANARY),
      },
      'a call failed',
    );
    assert.not.match(text(), CANARY);
    assert.match(text(), 'it broke');
    assert.match(text(), 'why');
    assert.match(text(), 'json');
  });

  test(`control characters in a field or a message stay escaped, ${where} (attack 30)`, () => {
    const { log, text } = listen('debug', terminal);
    log.info({ nick: 'a\r\nFAKE LINE\u001b[31m\b' }, 'hello \u001b[2J\r there \\r');
    assert.not.match(text().replaceAll(/\u001b\[\d*m/g, ''), /[\u001b\r\b]/);
    assert.not.match(text(), /\nFAKE/);
    assert.not.match(text(), /\u001b\[31m/);
    assert.match(text(), 'hello \\u001b[2J\\r there');
  });
}

test('a field that contains itself is cut off', () => {
  const { log, last } = listen();
  const loop: Record<string, unknown> = { a: 1 };
  loop.self = loop;
  log.info({ loop }, 'round');
  assert.is(last().loop.self.a, 1);
});

test.run();
