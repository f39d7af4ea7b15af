// Web API methods about channels and what is said in them.
import { type Args, type Context, type Method, page, truth } from './methods.ts';
import { type Channel, type Message, Refusal } from './shapes.ts';
import { BOT_USER } from './workspace.ts';

const described = ({ id, name, is_private, is_archived, members }: Channel) => ({
  id,
  name,
  is_channel: !is_private,
  is_group: is_private,
  is_private,
  is_archived,
  is_member: members.has(BOT_USER),
  num_members: members.size,
});

/** A private channel does not exist for an app that is not in it. */
function visible({ workspace }: Context, { channel = '' }: Args): Channel {
  const found = workspace.channel(channel);
  if (found.is_private && !found.members.has(BOT_USER)) throw new Refusal('channel_not_found');
  return found;
}

function readable(context: Context, args: Args): Channel {
  const found = visible(context, args);
  if (!found.members.has(BOT_USER)) throw new Refusal('not_in_channel');
  return found;
}

/** Bounds are exclusive unless `inclusive` is set. */
function within({ oldest = '0', latest, inclusive }: Args): (message: Message) => boolean {
  const edge = truth(inclusive);
  return ({ ts }) =>
    (edge ? ts >= oldest : ts > oldest) && (latest === undefined || (edge ? ts <= latest : ts < latest));
}

const stripped = (messages: Message[], { include_all_metadata }: Args) =>
  truth(include_all_metadata) ? messages : messages.map(({ metadata: _, ...message }) => message);

const write = (scope: string, tier: Method['tier'], run: Method['run']): Method => ({ scope, tier, run });

const metadataOf = (text: string | undefined) =>
  text === undefined ? undefined : (JSON.parse(text) as NonNullable<Message['metadata']>);

function react({ channel = '', timestamp = '', name = '' }: Args, { talk }: Context, on: boolean) {
  talk.react(channel, BOT_USER, timestamp, name, on);
  return {};
}

export const channelMethods: Record<string, Method> = {
  'conversations.list': {
    scope: 'channels:read',
    tier: 2,
    run: (args, { workspace }) => {
      const types = (args.types ?? 'public_channel').split(',');
      const seen = [...workspace.channels.values()].filter(
        ({ is_private, is_archived, members }) =>
          types.includes(is_private ? 'private_channel' : 'public_channel') &&
          (!is_private || members.has(BOT_USER)) &&
          !(is_archived && truth(args.exclude_archived)),
      );
      const { items, response_metadata } = page(seen.map(described), args);
      return { channels: items, response_metadata };
    },
  },
  'conversations.info': {
    scope: 'channels:read',
    tier: 3,
    run: (args, context) => ({ channel: described(visible(context, args)) }),
  },
  'conversations.members': {
    scope: 'channels:read',
    tier: 4,
    run: (args, context) => {
      const { items, response_metadata } = page([...visible(context, args).members], args);
      return { members: items, response_metadata };
    },
  },
  'conversations.join': {
    scope: 'channels:join',
    tier: 3,
    run: (args, context) => {
      const place = visible(context, args);
      if (place.is_private) throw new Refusal('method_not_supported_for_channel_type');
      if (place.is_archived) throw new Refusal('is_archived');
      place.members.add(BOT_USER);
      return { channel: described(place) };
    },
  },
  'conversations.history': {
    scope: 'channels:history',
    tier: 3,
    run: (args, context) => {
      const fits = within(args);
      // Newest first; answers stay in their threads.
      const found = readable(context, args).messages.filter(
        message => fits(message) && (!message.thread_ts || message.thread_ts === message.ts),
      );
      const { items, response_metadata } = page(found.toReversed(), args);
      return {
        messages: stripped(items, args),
        has_more: response_metadata.next_cursor !== '',
        response_metadata,
      };
    },
  },
  'conversations.replies': {
    scope: 'channels:history',
    tier: 3,
    run: (args, context) => {
      const fits = within(args);
      const place = readable(context, args);
      const { thread_ts } = context.talk.find(place, args.ts ?? '');
      const head = thread_ts ?? args.ts;
      // The head of the thread comes always; then the oldest answers first.
      const found = place.messages.filter(
        message => message.ts === head || (message.thread_ts === head && fits(message)),
      );
      const { items, response_metadata } = page(found, args);
      return {
        messages: stripped(items, args),
        has_more: response_metadata.next_cursor !== '',
        response_metadata,
      };
    },
  },
  'chat.postMessage': write('chat:write', 'post', (args, { talk, token }) => {
    const { channel = '', text = '', thread_ts, username, metadata } = args;
    if (username && !token.scopes.includes('chat:write.customize')) {
      throw new Refusal('missing_scope', {
        needed: 'chat:write.customize',
        provided: token.scopes.join(','),
      });
    }
    const saying = { text, thread_ts, username, metadata: metadataOf(metadata) };
    const message = talk.post(channel, BOT_USER, saying);
    return { channel, ts: message.ts, message };
  }),
  'chat.postEphemeral': write('chat:write', 4, ({ channel = '', user = '', text = '' }, context) => {
    const { members } = readable(context, { channel });
    if (!members.has(user)) throw new Refusal('user_not_in_channel');
    context.whispers.push({ channel, user, text });
    return { message_ts: context.workspace.newTs() };
  }),
  'chat.update': write('chat:write', 3, ({ channel = '', ts = '', text = '' }, { talk }) => {
    const message = talk.edit(channel, BOT_USER, ts, text);
    return { channel, ts, text: message.text, message };
  }),
  'chat.delete': write('chat:write', 3, ({ channel = '', ts = '' }, { talk }) => {
    talk.remove(channel, BOT_USER, ts);
    return { channel, ts };
  }),
  'reactions.add': write('reactions:write', 3, (args, context) => react(args, context, true)),
  'reactions.remove': write('reactions:write', 2, (args, context) => react(args, context, false)),
};
