// What is promised of webhooks that speak, as tests for a suite that has a house: who has an address speaks in one room and no other, and only who
// moderates the room has them.
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { post, type WebhookHouse } from './house.ts';

export function speaking(test: Test, house: () => WebhookHouse): void {
  test('who has the address speaks in its room as the webhook, a member of it and a bot; the same id or key again is the same message (I3)', async () => {
    const { olga, room, speaker, shown, messages } = house();
    await room('build', 'private', ['ada']);
    const { url, id } = await speaker('build', 'Deploys 🚀');
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/api\/hooks\/[\w-]{43}$/);
    const first = await post(url, { text: 'It is **live**, @ada' }, { 'Idempotency-Key': 'deploy 7' });
    assert.is(first.status, 200);
    const said = (await first.json()) as { id: string; seq: number };
    const again = await post(url, { text: 'It is **live**, @ada' }, { 'Idempotency-Key': 'deploy 7' });
    assert.equal(await again.json(), { ...said, duplicate: true });
    assert.is((await post(url, { text: 'Something else' }, { 'Idempotency-Key': 'deploy 7' })).status, 409);
    const own = { id: crypto.randomUUID(), text: 'By an id of its own', meta: { run: 7 } };
    assert.equal(
      [await post(url, own), await post(url, own)].map(({ status }) => status),
      [200, 200],
    );
    const written = await messages('build');
    assert.equal(
      written.map(({ text, meta }) => [text, meta]),
      [
        ['It is **live**, @ada', { via: 'webhook', hops: 1 }],
        ['By an id of its own', { via: 'webhook', hops: 1, run: 7 }],
      ],
    );
    assert.equal(written[0]?.mentions, ['ada']);
    const { user } = await shown(id);
    const { members } = await olga.call('room:join', { room: 'build' });
    assert.equal(
      (members as { user: string; name: string; role: string }[]).find(one => one.user === user),
      { user, name: 'Deploys 🚀', role: 'member' },
    );
    assert.equal((await olga.call('user:get', { users: [user as string] })).users[0]?.role, 'bot');
  });

  test("Slack's form is understood, as its own clients send it", async () => {
    const { room, speaker, messages } = house();
    await room('slack');
    const { url } = await speaker('slack');
    const payload = {
      text: '*Done* <https://ci.example/7|build 7> &amp; more',
      username: 'CI',
      icon_emoji: ':tada:',
    };
    const form = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ payload: JSON.stringify(payload) }),
    });
    assert.equal([form.status, await form.text()], [200, 'ok']);
    await post(url, { text: 'See <https://ci.example/8|build 8> **now**' });
    await post(url, {
      attachments: [{ title: 'Alert', title_link: 'https://a.example', text: 'CPU *high*' }],
    });
    await post(url, { blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'From ~blocks~' } }] });
    assert.equal(
      (await messages('slack')).map(({ text }) => text),
      [
        '**Done** [build 7](https://ci.example/7) & more',
        'See [build 8](https://ci.example/8) **now**',
        '[Alert](https://a.example)\nCPU **high**',
        'From ~~blocks~~',
      ],
    );
  });

  test('what is wrong is told by a typed answer, and writes nothing; unknown, removed and renewed addresses are answered alike (attacks 17, 18, 20)', async () => {
    const { hub, olga, room, speaker, shown, messages } = house();
    await room('strict');
    const { url, id } = await speaker('strict');
    const answer = async (sent: Response | Promise<Response>) => {
      const got = await sent;
      return [got.status, ((await got.json()) as { error: { code: string } }).error.code];
    };
    for (const [body, headers, status, code] of [
      [{}, {}, 400, 'bad_request'],
      [{ text: '  ' }, {}, 400, 'bad_request'],
      ['{"text"', {}, 400, 'bad_request'],
      ['{"text": "x", "__proto__": {"admin": true}}', {}, 400, 'bad_request'],
      [{ text: 'x', id: 'one' }, {}, 400, 'bad_request'],
      [{ text: 'x' }, { 'Content-Type': 'text/plain' }, 400, 'bad_request'],
      [{ text: 'x' }, { 'Idempotency-Key': 'x'.repeat(201) }, 400, 'bad_request'],
      [{ text: 'x' }, { 'X-Court-Hops': '-1' }, 400, 'bad_request'],
      [{ text: 'x'.repeat(17_000) }, {}, 413, 'too_large'],
      [{ text: 'x', meta: { y: 'z'.repeat(70_000) } }, {}, 413, 'too_large'],
      ['payload=%7B', { 'Content-Type': 'application/x-www-form-urlencoded' }, 400, 'bad_request'],
      ['text=x', { 'Content-Type': 'application/x-www-form-urlencoded' }, 400, 'bad_request'],
    ] as [unknown, Record<string, string>, number, string][])
      assert.equal(await answer(post(url, body, headers)), [status, code], JSON.stringify(body).slice(0, 60));
    assert.equal(await messages('strict'), []);

    const unknown = async (address: string) => {
      const got = await post(address, { text: 'x' });
      return [got.status, (await got.json()) as object];
    };
    const [status, words] = await unknown(`${url.slice(0, -43)}${'A'.repeat(43)}`);
    assert.is(status, 404);
    const { url: renewed = '' } = await olga.call('hook:renew', { id });
    assert.equal(await unknown(url), [status, words]);
    assert.equal(await unknown(`${url}x`), [status, words]);
    assert.equal(await unknown(`${hub.url}/api/hooks/..%2f..`), [status, words]);
    assert.is((await post(renewed, { text: 'new' })).status, 200);

    const { user = '' } = await shown(id);
    await olga.call('room:update', { room: 'strict', archived: true });
    assert.equal(await answer(post(renewed, { text: 'x' })), [403, 'forbidden']);
    await olga.call('room:update', { room: 'strict', archived: false });
    await olga.call('member:mute', { room: 'strict', user });
    assert.equal(await answer(post(renewed, { text: 'x' })), [403, 'forbidden']);
    await olga.call('member:remove', { room: 'strict', user });
    assert.equal(await answer(post(renewed, { text: 'x' })), [403, 'forbidden']);
    await olga.call('hook:remove', { id });
    assert.equal(await unknown(renewed), [status, words]);
    assert.equal(
      (await messages('strict')).map(({ text }) => text),
      ['new'],
    );
  });

  test('only who moderates the room looks after its webhooks; to all others there is none (attacks 17, 18)', async () => {
    const { receiver, olga, admin, client, room, hearer } = house();
    await room('kept', 'private', ['ada', 'mod']);
    await olga.call('member:role', { room: 'kept', user: 'mod', role: 'moderator' });
    const [ada, eve, mod] = [await client('ada'), await client('eve'), await client('mod')];
    const id = await hearer('kept', '/kept', { name: 'Archive' });
    const made = { room: 'kept', name: 'x', direction: 'in' };
    assert.is((await ada.refused('hook:create', made)).code, 'forbidden');
    assert.is((await ada.refused('hook:list', { room: 'kept' })).code, 'forbidden');
    assert.is((await eve.refused('hook:create', made)).code, 'not_found');
    assert.is((await eve.refused('hook:list', { room: 'kept' })).code, 'not_found');
    assert.is((await eve.refused('hook:list', {})).code, 'forbidden');
    for (const call of ['hook:remove', 'hook:renew', 'hook:resume', 'hook:test'])
      for (const who of [ada, eve]) {
        const { code, message } = await who.refused(call, { id });
        assert.equal([code, message], ['not_found', 'There is no such webhook.']);
      }
    const [hook] = (await mod.call('hook:list', { room: 'kept' })).hooks;
    assert.equal([hook?.site, hook?.state, hook?.by], [receiver.url, 'on', 'olga']);
    assert.not.match(JSON.stringify(hook), '/kept');
    const { room: direct } = await olga.call('room:create', { kind: 'direct', members: ['ada'] });
    assert.is((await admin.refused('hook:create', { ...made, room: direct.id })).code, 'forbidden');
    // What leads into the operator's own network is refused before anything is kept (attack 23).
    for (const url of [
      'https://10.0.0.1/x',
      'https://[::ffff:169.254.169.254]/',
      'https://2130706434/',
      'http://hooks.example/x',
    ])
      assert.is(
        (await olga.refused('hook:create', { ...made, direction: 'out', url })).code,
        'bad_request',
        url,
      );
    assert.is((await admin.call('admin:audit', { action: 'hook.created', verify: true })).intact, true);
  });
}
