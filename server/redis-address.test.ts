import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, readConfig } from './config.ts';
import { parseRedisAddress } from './redis-address.ts';

const test = suite('redis-address');

test('a server, with user, password and database, and nodes of a cluster', () => {
  const plain = { nodes: [{ host: 'a', port: 6379 }], tls: false };
  assert.equal(parseRedisAddress('redis://a'), plain);
  assert.equal(parseRedisAddress('redis://a:6379/'), plain);
  assert.equal(parseRedisAddress('rediss://hub:p%40ss@a:7000/2'), {
    ...{ nodes: [{ host: 'a', port: 7000 }], tls: true },
    ...{ username: 'hub', password: 'p@ss', db: 2 },
  });
  assert.equal(parseRedisAddress('redis://:100%@a'), { ...plain, password: '100%' });
  assert.equal(parseRedisAddress('redis://hub@a'), { ...plain, username: 'hub' });
  assert.equal(parseRedisAddress('redis://:a:b@c@[::1]:7000'), {
    ...{ nodes: [{ host: '::1', port: 7000 }], tls: false, password: 'a:b@c' },
  });
  assert.equal(parseRedisAddress('redis://:secret@10.0.0.1:7000, 10.0.0.2 ,c.example.com:7002'), {
    nodes: [
      { host: '10.0.0.1', port: 7000 },
      { host: '10.0.0.2', port: 6379 },
      { host: 'c.example.com', port: 7002 },
    ],
    ...{ tls: false, password: 'secret' },
  });
});

test('anything else is an error that names the variable and shows a good one, without the secret', () => {
  const bad = [
    ...['redis://', 'http://a', 'a:6379', 'redis://a:port', 'redis://a:70000', 'redis://a:0', 'redis://a,'],
    ...['redis://a,,b', 'redis://a/x', 'redis://a,b/1', 'redis://:canary@a?family=6', 'redis://a b'],
  ];
  for (const text of bad) {
    try {
      readConfig({ REDIS_URL: text });
      assert.unreachable(text);
    } catch (error) {
      assert.instance(error, ConfigError, `${text}: ${error}`);
      assert.equal((error as ConfigError).problems, [
        'REDIS_URL: its value is not the address of a Redis server or of nodes of a cluster; example: REDIS_URL=redis://:password@127.0.0.1:6379',
      ]);
    }
  }
});

test.run();
