// Turns what a person asks for into a draft of a log entry.
import { hash, randomUUID } from 'node:crypto';
import { isAdmin } from './policy.ts';
import type { Actor, Draft } from './ports.ts';

interface Wish {
  readonly room: string;
  readonly type: Draft['type'];
  /** Made by the client, so that it can repeat the call; made here where the protocol has none. */
  readonly id?: string;
  readonly target?: string;
  readonly data: Record<string, unknown>;
}

export function draft(actor: Actor, { room, type, id, target, data }: Wish): Draft {
  return {
    room,
    by: actor.id,
    id: id ?? randomUUID(),
    type,
    admin: isAdmin(actor),
    digest: hash('sha256', JSON.stringify([type, target, data]), 'base64url'),
    ...(target && { target }),
    data,
  };
}

/** Leaves out what is undefined, which JSON would lose anyway. */
export function defined<T extends Record<string, unknown>>(fields: T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const MENTION = /(?<![\p{L}\p{N}_])@([^\s@]{1,128})/gu;
const MAX_MENTIONS = 50;

/** The names after an `@`, in lower case, each also without the punctuation that may only end the sentence. */
export function mentionedNames(text: string): string[] {
  const names = new Set<string>();
  for (const [, word] of text.matchAll(MENTION)) {
    if (names.size >= MAX_MENTIONS) break;
    const name = (word as string).toLowerCase();
    names.add(name);
    const bare = name.replace(/[.,:;!?)\]}'"*_~`>]+$/u, '');
    if (bare) names.add(bare);
  }
  return [...names];
}
