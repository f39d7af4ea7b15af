// Web API methods about the app itself and about people.
import { type Method, page } from './methods.ts';
import { Refusal } from './shapes.ts';
import { APP, BOT, BOT_USER, TEAM } from './workspace.ts';

export const peopleMethods: Record<string, Method> = {
  'apps.connections.open': {
    token: 'app',
    scope: 'connections:write',
    tier: 2,
    run: (_, { newSocketUrl }) => ({ url: newSocketUrl() }),
  },
  'auth.test': {
    tier: 'special',
    run: (_, { url }) => ({
      url: `${url}/`,
      team: 'Simulated',
      user: 'first.court',
      team_id: TEAM,
      user_id: BOT_USER,
      bot_id: BOT,
      app_id: APP,
      is_enterprise_install: false,
    }),
  },
  'users.list': {
    scope: 'users:read',
    tier: 2,
    run: (args, { workspace }) => {
      const { items, response_metadata } = page([...workspace.users.values()], args);
      return { members: items, cache_ts: Math.floor(Date.now() / 1000), response_metadata };
    },
  },
  'users.info': {
    scope: 'users:read',
    tier: 4,
    run: ({ user = '' }, { workspace }) => ({ user: workspace.user(user) }),
  },
  'users.getPresence': {
    scope: 'users:read',
    tier: 3,
    run: ({ user = '' }, { workspace }) => {
      const presence = workspace.presenceOf(user);
      return { presence, online: presence === 'active' };
    },
  },
  'users.profile.get': {
    scope: 'users.profile:read',
    tier: 4,
    run: ({ user = '' }, { workspace }) => ({ profile: workspace.user(user).profile }),
  },
  'dnd.info': {
    scope: 'dnd:read',
    tier: 3,
    run: ({ user = '' }, { workspace }) => ({ ...workspace.dndOf(user) }),
  },
  'dnd.teamInfo': {
    scope: 'dnd:read',
    tier: 2,
    run: ({ users = '' }, { workspace }) => {
      const ids = users.split(',').filter(Boolean);
      if (ids.length === 0 || ids.length > 50) throw new Refusal(ids.length ? 'too_many_users' : 'bad_args');
      return { users: Object.fromEntries(ids.map(id => [id, workspace.dndOf(id)])) };
    },
  },
};
