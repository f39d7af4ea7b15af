// Somebody's tile: the first letters of their name on a colour that is always theirs, with their presence at the corner.
import type { PresenceStatus } from '../../js/index.ts';
import { usePerson, usePresence, useWorkspace } from '../hooks/use-workspace.ts';

const TONES = 12;

export function Avatar({
  user,
  size = 'm',
  presence,
}: {
  user: string;
  size?: 's' | 'm';
  presence?: boolean;
}) {
  const { name } = usePerson(user);
  return (
    <span className={`avatar avatar-${size} tone-${toneOf(name)}`} aria-hidden="true">
      {initials(name)}
      {presence && <PresenceDot user={user} />}
    </span>
  );
}

export const statusWords: Record<PresenceStatus, string> = {
  active: 'Active',
  away: 'Away',
  dnd: 'Do not disturb',
  offline: 'Offline',
};

/** Differs in form, not in colour alone. */
export function PresenceDot({ user }: { user: string }) {
  const { me } = useWorkspace();
  // Nobody tells us about ourselves before we are in a room.
  const status = usePresence(user)?.status ?? (user === me.id ? 'active' : 'offline');
  return <span className={`presence presence-${status}`} title={statusWords[status]} />;
}

function toneOf(name: string): number {
  let sum = 6;
  for (const char of name) sum = (sum * 31 + char.charCodeAt(0)) % 9973;
  return sum % TONES;
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(word => /[\p{L}\p{N}]/u.test(word));
  const [first = name, second] = words;
  const letter = (word = '') => [...word][0]?.toUpperCase() ?? '';
  return letter(first) + letter(second);
}
