-- Rooms as logs. `events` is the truth; every other table here is a projection of it, updated in the same transaction.

create table rooms (
  id text primary key,
  title text not null,
  kind text not null check (kind in ('public', 'private', 'direct')),
  topic text,
  ai boolean not null default true,
  retention_days integer,
  archived boolean not null default false,
  created_at timestamptz not null,
  created_by text not null references users (id),
  epoch text not null,
  head bigint not null
);

create table events (
  room text not null references rooms (id),
  seq bigint not null,
  id uuid not null,
  type text not null,
  at timestamptz not null,
  author text not null references users (id),
  -- the message that an edit, delete, pin or reaction is about
  target uuid,
  data jsonb not null,
  -- of the call's body, so that the same id with another body is a conflict; null once the body was deleted
  digest text,
  primary key (room, seq)
);
create unique index events_by_id on events (room, id);
create index events_by_target on events (room, target) where target is not null;

create table members (
  room text not null references rooms (id),
  user_id text not null references users (id),
  role text not null check (role in ('member', 'moderator', 'owner')),
  -- the entry that began this stay: in a room that is not public, nothing before it is theirs to read (I9)
  since_seq bigint not null,
  read_seq bigint not null,
  muted_until timestamptz,
  primary key (room, user_id)
);
create index members_by_user on members (user_id);

create table bans (
  room text not null references rooms (id),
  user_id text not null references users (id),
  until timestamptz,
  reason text,
  primary key (room, user_id)
);

create table messages (
  room text not null references rooms (id),
  seq bigint not null,
  id uuid not null,
  at timestamptz not null,
  author text not null references users (id),
  text text not null,
  reply_to uuid,
  root uuid,
  mentions text[],
  meta jsonb,
  edited_at timestamptz,
  deleted_at timestamptz,
  pinned boolean not null default false,
  replies integer not null default 0,
  last_reply bigint,
  primary key (room, seq)
);
create unique index messages_by_id on messages (room, id);
create index messages_by_root on messages (room, root, seq) where root is not null;
-- counts unread messages without touching the table
create index messages_unread on messages (room, seq) include (author) where deleted_at is null;

create table reactions (
  room text not null,
  message uuid not null,
  emoji text not null,
  user_id text not null references users (id),
  seq bigint not null,
  -- where the emoji was first used since somebody last had it: its place among the others, which stays when that person takes theirs back
  place bigint not null,
  primary key (room, message, emoji, user_id),
  foreign key (room, message) references messages (room, id)
);

create table mentions (
  room text not null references rooms (id),
  user_id text not null references users (id),
  seq bigint not null,
  primary key (room, user_id, seq)
);

-- ISO 8601 in UTC with milliseconds, as the protocol writes times.
create function iso(t timestamptz) returns text language sql immutable parallel safe as $$
  select case
    when t is null then null
    when t = 'infinity' then null
    else to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  end
$$;

create function event_json(e events) returns jsonb language sql stable as $$
  select jsonb_build_object('seq', e.seq, 'id', e.id, 'type', e.type, 'at', iso(e.at), 'by', e.author, 'data', e.data)
$$;

create function room_json(r rooms) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'id', r.id, 'title', r.title, 'kind', r.kind, 'topic', r.topic, 'ai', r.ai, 'retentionDays', r.retention_days,
    'archived', r.archived, 'createdAt', iso(r.created_at), 'createdBy', r.created_by, 'epoch', r.epoch, 'head', r.head))
$$;

create function message_json(m messages) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'id', m.id, 'room', m.room, 'seq', m.seq, 'at', iso(m.at), 'by', m.author, 'text', m.text,
    'replyTo', m.reply_to, 'root', m.root, 'files', '[]'::jsonb, 'mentions', to_jsonb(m.mentions),
    'editedAt', iso(m.edited_at), 'deletedAt', iso(m.deleted_at), 'pinned', nullif(m.pinned, false),
    'thread', case when m.replies > 0 then jsonb_build_object('count', m.replies, 'lastSeq', m.last_reply) end))
    || jsonb_build_object('reactions', coalesce((
      select jsonb_agg(jsonb_build_object('emoji', emoji, 'users', users) order by place)
      from (
        select emoji, min(place) as place, jsonb_agg(user_id order by seq) as users
        from reactions where room = m.room and message = m.id group by emoji
      ) as by_emoji), '[]'))
    || case when m.meta is null then '{}' else jsonb_build_object('meta', m.meta) end
$$;

-- The write path, proved: each node leaves its mark here. input: {node}; answer: {at}
create table probes (node text primary key, at timestamptz not null);
create function probe(input jsonb) returns jsonb language sql as $$
  insert into probes (node, at) values (input ->> 'node', clock_timestamp())
    on conflict (node) do update set at = excluded.at
    returning jsonb_build_object('at', iso(at))
$$;
