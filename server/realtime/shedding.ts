// Which class of work each call is when the node is pressed. Every call must be named here, so a new one cannot come without a class.
import type { CallName } from '#shared/protocol/calls.ts';
import type { Class } from '../hub/pressure.ts';

/**
 * `never`: what gives work back, keeps order in a room, or keeps a session alive. `backfill`: what can be asked again later and nobody
 * misses meanwhile; a `room:join` that has much to recover is it too (hub/rooms.ts).
 */
export const classOf: Readonly<Record<CallName, Class | 'never'>> = {
  typing: 'typing',
  'summary:request': 'AI and search',
  'summary:live': 'AI and search',
  'summary:get': 'backfill',
  search: 'AI and search',
  'messages:read': 'backfill',
  'events:read': 'backfill',
  'read:mark': 'backfill',
  'room:list': 'backfill',
  'presence:get': 'backfill',
  'user:get': 'backfill',
  'presence:explain': 'backfill',
  'drive:lookup': 'backfill',
  'file:get': 'backfill',
  'file:link': 'backfill',
  'files:list': 'backfill',
  'link:list': 'backfill',
  'integration:list': 'backfill',
  'room:join': 'joins',
  'room:create': 'joins',
  'member:add': 'joins',
  'room:update': 'sends',
  'presence:set': 'sends',
  'link:code': 'sends',
  'link:set': 'sends',
  'message:send': 'sends',
  'message:edit': 'sends',
  'message:react': 'sends',
  'message:pin': 'sends',
  'message:delete': 'never',
  'room:leave': 'never',
  'member:remove': 'never',
  'member:role': 'never',
  'member:mute': 'never',
  'link:remove': 'never',
  'summary:cancel': 'never',
  'session:refresh': 'never',
};
