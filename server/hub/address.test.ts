import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addressKey } from './address.ts';

const test = suite('hub/address');

test('an IPv4 address counts whole, however it is written', () => {
  assert.is(addressKey('203.0.113.7'), '203.0.113.7');
  assert.is(addressKey('::ffff:203.0.113.7'), '203.0.113.7');
  assert.is(addressKey('::FFFF:203.0.113.7'), '203.0.113.7');
});

test('addresses of one IPv6 customer are one, those of two customers are two', () => {
  assert.is(addressKey('2001:db8:1:2::1'), '2001:db8:1:2::/64');
  assert.is(addressKey('2001:DB8:1:2:aaaa:bbbb:cccc:dddd'), addressKey('2001:0db8:0001:0002::9'));
  assert.is.not(addressKey('2001:db8:1:2::1'), addressKey('2001:db8:1:3::1'));
  assert.is(addressKey('::1'), '0:0:0:0::/64');
  assert.is(addressKey('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.is(addressKey('2001:db8::'), '2001:db8:0:0::/64');
});

test('what is no address is its own key', () => assert.is(addressKey('unknown'), 'unknown'));

test.run();
