import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boot, type TestHub } from '../../server/testing/boot.ts';
import { createClient } from './index.ts';

const test = suite('SDK and hub');
let hub: TestHub;
test.before(async () => {
  hub = await boot();
});
test.after(async () => {
  await hub[Symbol.asyncDispose]();
});

test('two talk', async () => {
  await using ada = createClient({ url: hub.url, getToken: () => hub.token('ada') });
  await ada.connect();
  await ada.call('room:create', { id: 'lobby', title: 'Lobby', kind: 'public' });
  const room = ada.room('lobby');
  room.on('message', m => console.log(m));
  console.log(await room.join());
  const { done } = room.send('hello');
  console.log(room.messages);
  console.log(await done);
  console.log(room.messages);
});
test.run();
