// Loaded into a hub under test before its own code: moves its clock, counts what it holds open, and tells of errors that nobody caught.
import { createServer } from 'node:http';
import { isMainThread } from 'node:worker_threads';

let jump = 0;
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) =>
    args.length === 0 ? new target(target.now() + jump) : Reflect.construct(target, args),
  apply: target => new target(target.now() + jump).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => target.now() + jump : Reflect.get(target, name, receiver),
});

process.on('uncaughtExceptionMonitor', (error, origin) => {
  process.stderr.write(`CHAOS ${origin}: ${error.stack}\n`);
});

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://node');
  if (pathname === '/clock') jump = Number(searchParams.get('ms'));
  const names: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) names[name] = (names[name] ?? 0) + 1;
  response.setHeader('connection', 'close').end(JSON.stringify({ now: Date.now(), names }));
});
// Threads of the hub load this too; the port is the process's.
if (isMainThread) server.listen(Number(process.env.CHAOS_PORT), '127.0.0.1').unref();
