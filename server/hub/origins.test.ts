import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createOriginPolicy } from './origins.ts';

const test = suite('hub/origins');
const policy = createOriginPolicy(['https://chat.example.com', 'http://localhost:5173/']);

test('our own pages, allowed pages and programs may talk to the hub', () => {
  for (const origin of [
    undefined,
    'https://chat.example.com',
    'http://localhost:5173',
    'http://hub.local:3000',
    'https://hub.local:3000',
  ])
    assert.ok(policy.allows(origin, 'hub.local:3000'), String(origin));
});

test('foreign, null and look-alike origins may not (attacks 1 and 15)', () => {
  for (const origin of [
    'null',
    '',
    '*',
    'https://evil.example',
    'http://chat.example.com',
    'https://chat.example.com.evil.example',
    'https://evilchat.example.com',
    'https://chat.example.com:444',
    'https://chat.example.com/',
    'https://chat.example.com@evil.example',
    'HTTPS://CHAT.EXAMPLE.COM',
    'http://hub.local',
    'http://hub.local:3000.evil.example',
    'file://',
    'http://127.0.0.1:3000',
  ])
    assert.not(policy.allows(origin, 'hub.local:3000'), origin);
});

test('without a Host header nothing is our own page', () =>
  assert.not(policy.allows('http://undefined', undefined)));

test.run();
