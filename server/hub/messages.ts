// What people say: sending, changing and reading messages.
import { hopsOf, MAX_HOPS } from '#shared/hops.ts';
import type { CallData, ParsedInput } from '#shared/protocol/calls.ts';
import { uuid } from '#shared/protocol/primitives.ts';
import { defined, draft, mentionedNames } from './drafts.ts';
import { forbidden } from './errors.ts';
import { noSuchFile } from './files.ts';
import type { LogWriter } from './log-writer.ts';
import type { Actor, RoomStore } from './ports.ts';

export type MessageHub = ReturnType<typeof createMessages>;

export function createMessages({
  store,
  writer,
  deleted,
}: {
  store: RoomStore;
  writer: LogWriter;
  /** A message is gone, and its files with it. */
  deleted(): void;
}) {
  const named = (text: string) => {
    const names = mentionedNames(text);
    return names.length > 0 ? { names } : {};
  };
  const change = async (
    actor: Actor,
    type: Parameters<typeof draft>[1]['type'],
    { room, id, target }: { room: string; id: string; target: string },
    data: Record<string, unknown>,
  ) => {
    const { seq } = await writer.append(draft(actor, { room, type, id, target, data }));
    return { seq };
  };

  return {
    async send(actor: Actor, input: ParsedInput<'message:send'>): Promise<CallData<'message:send'>> {
      const { room, id, text, replyTo, meta } = input;
      if (actor.role === 'bot' && hopsOf(meta) > MAX_HOPS)
        throw forbidden(`These words have come through ${MAX_HOPS} bots already; they go no further.`);
      const files = fileIds(input.files);
      const data = { ...defined({ text, replyTo, meta }), ...(files && { files }), ...named(text) };
      return writer.append(draft(actor, { room, type: 'message.created', id, data }));
    },
    edit: (actor: Actor, input: ParsedInput<'message:edit'>) =>
      change(actor, 'message.edited', input, { text: input.text, ...named(input.text) }),
    async delete(actor: Actor, input: ParsedInput<'message:delete'>) {
      const place = await change(actor, 'message.deleted', input, {});
      deleted();
      return place;
    },
    react: (actor: Actor, input: ParsedInput<'message:react'>) =>
      change(actor, input.on ? 'reaction.added' : 'reaction.removed', input, { emoji: input.emoji }),
    pin: (actor: Actor, input: ParsedInput<'message:pin'>) =>
      change(actor, 'message.pinned', input, { on: input.on }),
    async read(
      actor: Actor,
      { room, ...range }: ParsedInput<'messages:read'>,
    ): Promise<CallData<'messages:read'>> {
      const { items, head, epoch } = await store.readMessages(room, actor, range);
      return { messages: items, head, epoch };
    },
    async log(
      actor: Actor,
      { room, after, limit }: ParsedInput<'events:read'>,
    ): Promise<CallData<'events:read'>> {
      const { items, head, epoch } = await store.readEvents(room, actor, after, limit);
      return { events: items, head, epoch };
    },
  };
}

/** An id of any other shape names nothing here. @throws HubError `not_found` */
function fileIds(ids: readonly string[] | undefined): string[] | undefined {
  if (!ids?.length) return undefined;
  return ids.map(id => {
    const known = uuid.safeParse(id);
    if (!known.success) throw noSuchFile();
    return known.data;
  });
}
