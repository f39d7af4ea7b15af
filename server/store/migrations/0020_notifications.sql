-- What was decided, for each message and each person whom it concerns, about telling them outside the hub; without a word of the message.
create table notices (
  room text not null references rooms (id),
  message uuid not null,
  user_id text not null references users (id),
  seq bigint not null,
  -- why it concerns them
  reason text not null check (reason in ('direct', 'mention', 'thread', 'keyword', 'room')),
  -- `waiting`: it leaves when its time has come, unless something comes between
  verdict text not null check (verdict in ('waiting', 'notified', 'suppressed', 'cancelled')),
  -- the rule that decided, in one word, as docs/notifications.md has them: away, active, dnd, muted, read, deleted, left, off …
  rule text not null,
  at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (room, message, user_id)
);
create index notices_by_user on notices (user_id, at desc);

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 20}'::jsonb $$;
select seal(array['notices'], array['schema_version']);
