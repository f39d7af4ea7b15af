// What a test of the web client needs: a hub, a gate before it, a browser, and people with and without one.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumFlags } from '../../../clients/web/stage/browser.ts';
import { findChromium } from '../../../scripts/lib/programs.mjs';
import { type BootOptions, boot, type TestHub } from '../boot.ts';
import { connect, type TestClient } from '../client.ts';
import { type Gate, openGate } from './gate.ts';
import { openVisitor, register, type Visitor } from './visitor.ts';

export interface House extends AsyncDisposable {
  readonly hub: TestHub;
  readonly gate: Gate;
  /** Somebody with a fresh browser, at the door. */
  visitor(options?: object): Promise<Visitor>;
  /** Somebody with a fresh browser and an account, signed in. */
  newcomer(name: string, options?: object): Promise<Visitor>;
  /** Somebody without a browser. */
  member(name: string, id?: string): Promise<TestClient>;
  /** A public room with its maker in it; gives back the id. */
  room(maker: TestClient, title: string, more?: object): Promise<string>;
  /** Sends everybody home, and lets new ones come in. */
  empty(): Promise<void>;
}

const root = path.join(import.meta.dirname, '../../..');

/** Undefined where no Chromium is installed; the test says so, and skips. */
export const chromiumPath = findChromium();

export async function openHouse(options?: BootOptions): Promise<House> {
  if (!existsSync(path.join(root, 'clients/web/dist/index.html')))
    execFileSync('npx', ['vite', 'build', 'clients/web', '--logLevel', 'warn'], { cwd: root });
  await using parts = new AsyncDisposableStack();
  const hub = parts.use(await boot(options));
  const gate = parts.use(await openGate(hub.url));
  const browser = parts.use(await chromium.launch({ executablePath: chromiumPath!, args: chromiumFlags }));
  const clients: TestClient[] = [];
  const visitor = async (options = {}) => {
    const one = await openVisitor(browser, options);
    await one.page.goto(gate.url);
    return one;
  };
  const empty = async () => {
    for (const context of browser.contexts()) await context.close();
    for (const client of clients.splice(0)) await client[Symbol.asyncDispose]();
  };
  parts.defer(empty);
  const open = parts.move();
  return {
    hub,
    gate,
    visitor,
    empty,
    async newcomer(name, options) {
      const one = await visitor(options);
      await register(one.page, name, `${crypto.randomUUID()}@example.org`);
      return one;
    },
    async member(name, id = name.toLowerCase()) {
      const client = await connect(hub.url, { token: await hub.token(id, { name }) });
      clients.push(client);
      return client;
    },
    async room(maker, title, more) {
      const { room } = await maker.call('room:create', { title, kind: 'public', ...more });
      await maker.call('room:join', { room: room.id });
      return room.id;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Says a message without a browser. */
export const send = (client: TestClient, room: string, text: string, more = {}) =>
  client.call('message:send', { room, id: crypto.randomUUID(), text, ...more });
