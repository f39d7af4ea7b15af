import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorCodes, httpStatus } from '#shared/protocol/errors.ts';
import { createNoLimits } from '../limits/memory.ts';
import { type Door, openDoor } from '../testing/door.ts';

const RUNS = 250;
const FIELDS = ['email', 'password', 'name', 'token', 'refreshToken', 'refreshInBody', 'id', 'role'];
const ROUTES = ['register', 'login', 'guest', 'link', 'refresh', 'logout', 'bots'].map(
  name => `/api/auth/${name}`,
);

const test = suite<{ door: Door; admin: string }>('http/fuzz');
test.before(async context => {
  const limits = createNoLimits();
  context.door = await openDoor({ limits, peopleDeps: { limits } });
  const token = await context.door.people.makeLink({ id: 'root', name: 'Root', role: 'admin' });
  context.admin = (await context.door.ask('/api/auth/link', { body: { token } })).body.accessToken;
});
test.after(async ({ door }) => door[Symbol.asyncDispose]());

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ minLength: 8 }),
  fc.emailAddress(),
);
const value = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.jsonValue(),
  fc.boolean(),
  fc.constant('\0'),
  fc.constant('\ud800'),
);
/** Near enough to a good body to reach the database now and then. */
const near = fc.dictionary(fc.constantFrom(...FIELDS), value).map(body => JSON.stringify(body));
const body = fc.oneof({ weight: 4, arbitrary: near }, fc.json(), fc.string(), fc.string({ unit: 'binary' }));
const header = fc.string({ maxLength: 40 }).map(line => line.replace(/[^\x21-\x7e]/g, 'x'));

for (const path of ROUTES) {
  test(`${RUNS} bodies to ${path}: an answer of the protocol each time, and no fault of ours`, async ({
    door,
    admin,
  }) => {
    await fc.assert(
      fc.asyncProperty(body, header, fc.boolean(), async (sent, odd, signedIn) => {
        const headers = {
          cookie: `court_refresh=${odd}`,
          ...(!signedIn && { authorization: `Bearer ${odd}` }),
        };
        const answer = await door.ask(path, { body: sent, headers, ...(signedIn && { bearer: admin }) });
        if (answer.status < 300) return;
        const { code, message } = answer.body.error;
        assert.is(answer.status, httpStatus[code as keyof typeof httpStatus], answer.text);
        assert.ok(errorCodes.includes(code) && code !== 'internal', answer.text);
        assert.type(message, 'string');
      }),
      { numRuns: RUNS },
    );
    assert.not(door.logged.some(line => JSON.parse(line).level >= 50));
  });
}

test(`${RUNS} addresses and methods: never a fault of ours`, async ({ door }) => {
  const address = fc
    .tuple(
      fc.constantFrom('/', '/api/', '/api/auth/', '/api/me', '/assets/', '/healthz'),
      fc.webPath(),
      fc.webQueryParameters(),
    )
    .map(([start, end, query]) => `${start}${end}?${query}`.replaceAll('//', '/'));
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH');
  await fc.assert(
    fc.asyncProperty(address, method, header, async (path, verb, odd) => {
      const answer = await door.ask(path, { method: verb, headers: { accept: odd, 'content-type': odd } });
      assert.ok(answer.status < 500, `${verb} ${path}: ${answer.status}`);
    }),
    { numRuns: RUNS },
  );
});

test.run();
