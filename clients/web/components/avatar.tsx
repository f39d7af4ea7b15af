// Somebody's tile: the first letters of their name on a colour that is always theirs, with their presence at the corner.
import type { PresenceStatus } from '../../js/index.ts';
import { usePerson, usePresence } from '../hooks/use-workspace.ts';

const TONES = 9;

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
    <span className={`avatar avatar-${size} tone-${toneOf(user)}`} aria-hidden="true">
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
  const status = usePresence(user)?.status ?? 'offline';
  return <span className={`presence presence-${status}`} title={statusWords[status]} />;
}

function toneOf(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 9973;
  return sum % TONES;
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(word => /[\p{L}\p{N}]/u.test(word));
  const [first = name, second] = words;
  const letter = (word = '') => [...word][0]?.toUpperCase() ?? '';
  return letter(first) + letter(second);
}
