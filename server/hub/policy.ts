// What a role on the platform allows, before any room is asked. Rights inside a room are decided by the store, in the transaction.
import type { PlatformRole } from '#shared/protocol/models.ts';
import { forbidden } from './errors.ts';
import type { Actor } from './ports.ts';

const rights = {
  'create rooms': ['member', 'bot', 'admin'],
  'link accounts': ['member', 'admin'],
  announce: ['admin'],
  'see what is sent': ['admin'],
  'read the audit log': ['admin'],
  'look after people': ['admin'],
  'see every room': ['admin'],
  'see who is connected': ['admin'],
  'see how the nodes stand': ['admin'],
  'end connections': ['admin'],
  'trace messages': ['admin'],
  'see what rooms keep': ['admin'],
} as const satisfies Record<string, readonly PlatformRole[]>;

/** @throws HubError `forbidden` with a sentence that names the right */
export function mayOrThrow(actor: Actor, right: keyof typeof rights): void {
  const roles: readonly PlatformRole[] = rights[right];
  if (!roles.includes(actor.role)) throw forbidden(`A ${actor.role} may not ${right}.`);
}

export const isAdmin = (actor: Actor): boolean => actor.role === 'admin';
