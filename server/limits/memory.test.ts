import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limitsContract } from '../testing/contracts/limits.ts';
import { flowRates } from './flows.ts';
import { createMemoryLimits, createNoLimits } from './memory.ts';

const test = suite('limits/memory');

test('calls are limited as promised under "Overload"', () => {
  assert.equal(flowRates['call.socket'], { perSecond: 20, burst: 40 });
  assert.is(flowRates['call.user'].perSecond * 60, 120);
  assert.is(flowRates['call.bot'].perSecond, 5);
  assert.is(flowRates['call.room'].perSecond, 100);
  assert.is(flowRates['call.address'].perSecond, 300);
  assert.is(flowRates['bytes.socket'].perSecond, 256 * 1024);
});

test('without limits everything is allowed', async () => {
  const limits = createNoLimits();
  for (let n = 0; n < 10_000; n++) assert.ok(limits.take('call.socket', 'x').ok);
  for (let n = 0; n < 1000; n++) assert.ok((await limits.attempt('login.address', 'x')).ok);
});

test.run();

limitsContract('memory', async overrides => ({
  nodes: [createMemoryLimits(overrides)],
  async share() {},
  async [Symbol.asyncDispose]() {},
}));
