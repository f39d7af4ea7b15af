import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { watchPage } from './wake.ts';

const test = suite('wake');

test('a network that comes back and a page that is shown wake, until one stops looking', () => {
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  const page = Object.assign(new EventTarget(), { document });
  const heard: string[] = [];
  const stop = watchPage(
    { wake: () => heard.push('wake'), offline: () => heard.push('offline') },
    page as unknown as Window,
  );
  page.dispatchEvent(new Event('offline'));
  page.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  page.dispatchEvent(new Event('pageshow'));
  assert.equal(heard, ['offline', 'wake', 'wake', 'wake']);
  stop();
  page.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  assert.is(heard.length, 4);
});

test('there is nothing to watch outside a browser', () => {
  assert.is(watchPage({ wake: () => {}, offline: () => {} })(), undefined);
});

test.run();
