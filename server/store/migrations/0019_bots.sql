-- Bots: what each may do in which room, how far it has read each log, what it could not handle, and the commands it answers.

-- What a bot may do; a bot without a row may do all. `*` is every room that has no row of its own.
create table bot_scopes (
  bot text not null references users (id),
  room text not null,
  scopes text[] not null check (scopes <@ '{read,write,commands}'),
  primary key (bot, room)
);
-- When a bot's scopes changed last: its sockets that are older come anew.
create table bot_changes (
  bot text primary key references users (id),
  at timestamptz not null
);
-- The same beside the membership, so that reading and writing look nowhere else; null: all.
alter table members add column scopes text[];

-- How far a bot has read a log. It goes along with a backup: after a restore it stands where the restored log does.
create table bot_cursors (
  bot text not null references users (id),
  name text not null,
  room text not null references rooms (id),
  seq bigint not null,
  -- counts how often somebody put it elsewhere, so that what was read before does not move it
  turn integer not null default 0,
  at timestamptz not null default now(),
  primary key (bot, name, room)
);

-- Entries that a bot gave up on. Only where they stand: what was said is in the log, and goes with it when it is deleted.
create table dead_letters (
  id uuid primary key default gen_random_uuid(),
  bot text not null references users (id),
  name text not null,
  room text not null references rooms (id),
  seq bigint not null,
  attempts integer not null,
  error text not null,
  -- somebody wants it tried again
  due boolean not null default false,
  at timestamptz not null default now(),
  unique (bot, name, room, seq)
);

create table bot_commands (
  name text primary key,
  bot text not null references users (id),
  description text not null,
  usage text
);
create index bot_commands_by_bot on bot_commands (bot);

-- Commands on their way, for whoever holds the other end. What was typed is not kept.
create table command_runs (
  id uuid primary key,
  bot text not null references users (id),
  command text not null,
  room text not null references rooms (id),
  caller text not null references users (id),
  at timestamptz not null default now(),
  acked_at timestamptz,
  -- with which the bot took it, for the caller alone
  answer text
);
create index command_runs_by_at on command_runs (at);

create function scopes_of(bot_id text, room_id text) returns text[] language sql stable as $$
  select scopes from bot_scopes where bot = bot_id and room in (room_id, '*') order by room = '*' limit 1
$$;

create function may(m members, scope text) returns boolean language sql immutable as $$
  select m.scopes is null or scope = any (m.scopes)
$$;

-- As in 0004; to a bot that may not read, nothing is readable. Every way to read goes by this.
create or replace function first_readable(r rooms, m members) returns bigint language sql immutable as $$
  select case
    when m.scopes is not null and not 'read' = any (m.scopes) then 9223372036854775807
    when r.kind = 'public' then 1
    else m.since_seq
  end
$$;

-- Who comes into a room comes with their scopes; who changes them just now is waited for.
create function scopes_joined() returns trigger language plpgsql as $$
begin
  if new.scopes is null and exists (select from users where id = new.user_id and role = 'bot') then
    perform pg_advisory_xact_lock_shared(hashtextextended('scopes ' || new.user_id, 0));
    new.scopes := scopes_of(new.user_id, new.room);
  end if;
  return new;
end
$$;
create trigger scopes_joined before insert on members for each row execute function scopes_joined();

-- As in 0004, and a bot that may not read here is told so.
create or replace function access(room_id text, reader text, admin boolean, out r rooms, out m members, out error jsonb)
language plpgsql stable as $$
begin
  select * into r from rooms where id = room_id;
  select * into m from members where room = room_id and user_id = reader;
  if r.id is null or (r.kind <> 'public' and m.user_id is null and not admin) then
    error := refusal('not_found', 'There is no such room.');
  elsif m.user_id is null then
    error := refusal('forbidden', 'Join the room first.');
  elsif not may(m, 'read') then
    error := refusal('forbidden', 'This bot may not read in this room.');
  end if;
end
$$;

-- As in 0004.
create or replace function open_room(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  floor bigint;
  after bigint := (input #>> '{after,seq}')::bigint;
  opened jsonb;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null and (a.error ->> 'code' <> 'forbidden' or (a.m).user_id is not null) then
    return jsonb_build_object('error', a.error);
  elsif a.error is not null then
    return jsonb_build_object('room', room_json(a.r));
  end if;
  floor := first_readable(a.r, a.m);
  opened := jsonb_build_object('room', room_json(a.r), 'role', (a.m).role, 'readSeq', (a.m).read_seq);
  if input #>> '{after,epoch}' = (a.r).epoch
      and after between greatest(floor - 1, (a.r).head - (input ->> 'reach')::bigint) and (a.r).head then
    return opened || jsonb_build_object(
      'recovered', true,
      'events', events_page((a.r).id, after, (input ->> 'page')::integer),
      'more', (a.r).head > after + (input ->> 'page')::bigint);
  end if;
  return opened || jsonb_build_object(
    'recovered', false, 'events', '[]'::jsonb, 'more', false,
    'messages', newest_messages((a.r).id, floor, (input ->> 'messages')::integer));
end
$$;

-- As in 0010, of rooms where the reader's scopes let them read.
create or replace function search_scope(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  reader constant text := input ->> 'user';
  people jsonb;
begin
  if input ? 'room' then
    select * into a from access(input ->> 'room', reader, (input ->> 'admin')::boolean);
    if a.error is not null then
      return jsonb_build_object('error', a.error);
    end if;
  end if;
  select coalesce(jsonb_object_agg(typed, ids), '{}') into people from (
    select typed, (
      select coalesce(jsonb_agg(known.value -> 'id'), '[]')
      from jsonb_array_elements(known_users(jsonb_build_object('viewer', reader, 'users', (
        select coalesce(jsonb_agg(u.id), '[]') from (
          select id from users where typed in (
            lower(id), lower(name), lower(regexp_replace(name, '\s+', '.', 'g')), lower(split_part(name, ' ', 1)))
          limit 200) as u))) -> 'users') as known) as ids
    from jsonb_array_elements_text(input -> 'people') as typed
  ) as found;
  return (
    with readable as materialized (
      select r.id, r.title, r.head, case when r.kind = 'public' then 1 else first_readable(r, m) end as since
      from members m join rooms r on r.id = m.room
      where m.user_id = reader and (not input ? 'room' or r.id = input ->> 'room') and may(m, 'read')
    )
    select jsonb_build_object(
      'rooms', (select jsonb_build_object(
        'ids', to_jsonb(coalesce(array_agg(id), '{}')), 'since', to_jsonb(coalesce(array_agg(since), '{}')),
        'heads', to_jsonb(coalesce(array_agg(head), '{}'))) from readable),
      'people', people,
      'named', (select coalesce(jsonb_object_agg(typed, (
          select coalesce(jsonb_agg(id), '[]') from readable
          where typed in (id, lower(title), lower(regexp_replace(title, '\s+', '-', 'g')))
        )), '{}') from jsonb_array_elements_text(input -> 'rooms') as typed)));
end
$$;

-- As in 0003, and a bot that may not write is told so.
create or replace function posting_refusal(r rooms, m members, at timestamptz) returns jsonb language sql stable as $$
  select case
    when r.archived then refusal('forbidden', 'This room is archived: nothing can be added.')
    when m.muted_until > at then
      refusal('forbidden', 'You are muted in this room.', jsonb_build_object('mutedUntil', iso(m.muted_until)))
    when not may(m, 'write') then refusal('forbidden', 'This bot may not write in this room.')
  end
$$;

-- Settings and membership as they were, for bots that may write; coming and going is everybody's own.
alter function apply_settings(rooms, draft, members) rename to apply_settings_by_role;
create function apply_settings(r rooms, d draft, m members) returns jsonb language plpgsql as $$
begin
  if not may(m, 'write') then
    return jsonb_build_object('refusal', refusal('forbidden', 'This bot may not write in this room.'));
  end if;
  return apply_settings_by_role(r, d, m);
end
$$;
alter function apply_membership(rooms, draft, members) rename to apply_membership_by_role;
create function apply_membership(r rooms, d draft, m members) returns jsonb language plpgsql as $$
begin
  if not may(m, 'write') and d.data ->> 'user' <> d.author then
    return jsonb_build_object('refusal', refusal('forbidden', 'This bot may not write in this room.'));
  end if;
  return apply_membership_by_role(r, d, m);
end
$$;

-- May this one begin to post here? input: {room, user, admin}; answer: {error} | {}
create function may_post(input jsonb) returns jsonb language plpgsql stable as $$
declare
  r rooms;
  m members;
  no jsonb;
begin
  select * into r from rooms where id = input ->> 'room';
  select * into m from members where room = r.id and user_id = input ->> 'user';
  if r.id is null or (m.user_id is null and r.kind <> 'public') then
    no := refusal('not_found', 'There is no such room.');
  elsif m.user_id is null then
    no := refusal('forbidden', 'Join the room first.');
  else
    no := posting_refusal(r, m, now());
  end if;
  return case when no is null then '{}' else jsonb_build_object('error', no) end;
end
$$;

-- What a bot may do in a room, or with `*` in all that have no word of their own; scopes null: as elsewhere. By an admin, or for their room by
-- who moderates it. input: {bot, room, scopes, user, admin}; answer: {error} | {}
create function set_bot_scopes(input jsonb) returns jsonb language plpgsql as $$
declare
  bot_id constant text := input ->> 'bot';
  room_id constant text := input ->> 'room';
  wanted constant text[] := case when jsonb_typeof(input -> 'scopes') = 'array'
    then array(select jsonb_array_elements_text(input -> 'scopes')) end;
  moderates boolean := (input ->> 'admin')::boolean;
  a record;
begin
  if room_id <> '*' then
    select * into a from access(room_id, input ->> 'user', (input ->> 'admin')::boolean);
    if a.error is not null and not ((input ->> 'admin')::boolean and (a.r).id is not null) then
      return jsonb_build_object('error', a.error);
    end if;
    moderates := moderates or (rank((a.m).role) >= 2 and input ->> 'user' <> bot_id);
  end if;
  if not moderates then
    return jsonb_build_object('error', refusal('forbidden', 'Only admins, and moderators for their room, say what a bot may do.'));
  elsif not exists (select from users where id = bot_id and role = 'bot') then
    return jsonb_build_object('error', refusal('not_found', 'There is no such bot.'));
  end if;
  perform pg_advisory_xact_lock(hashtextextended('scopes ' || bot_id, 0));
  delete from bot_scopes where bot = bot_id and room = room_id;
  if wanted is not null then
    insert into bot_scopes (bot, room, scopes) values (bot_id, room_id, wanted);
  end if;
  -- In one order, so that two who do so never wait for each other in a ring.
  perform 1 from members where user_id = bot_id and room_id in (room, '*') order by room for update;
  update members set scopes = scopes_of(bot_id, room) where user_id = bot_id and room_id in (room, '*');
  -- Not the beginning of this transaction: a socket that came in between still read the old ones.
  insert into bot_changes (bot, at) values (bot_id, clock_timestamp()) on conflict (bot) do update set at = excluded.at;
  return '{}';
end
$$;

-- How long ago the scopes of these bots changed, in milliseconds; of those that ever did.
-- input: {bots: [id]}; answer: {changed: {id: ms}}
create function bots_changed(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('changed', coalesce(jsonb_object_agg(
    bot, greatest(0, extract(epoch from clock_timestamp() - at) * 1000)::bigint), '{}'))
  from bot_changes
  where bot in (select jsonb_array_elements_text(input -> 'bots'))
$$;

-- input: {}; answer: {bots: [{id, name, createdAt, lastSeenAt?, expiresAt?, scopes: {room: [scope]}, cursors: [{name, room, seq, behind, at}],
--   deadLetters, commands: [name]}]}; bots of services outside, which come and go with them, are left out
create function list_bots(input jsonb) returns jsonb language sql stable as $$
  with known as (
    select u.* from users u where u.role = 'bot' and (
      exists (select from sessions s where s.user_id = u.id) or exists (select from bot_scopes s where s.bot = u.id)
      or exists (select from bot_cursors c where c.bot = u.id) or exists (select from bot_commands c where c.bot = u.id))
  )
  select jsonb_build_object('bots', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'id', u.id, 'name', u.name, 'createdAt', iso(u.created_at),
    'lastSeenAt', (select iso(max(last_seen_at)) from sessions s where s.user_id = u.id),
    'expiresAt', (select iso(max(expires_at)) from sessions s
      where s.user_id = u.id and s.revoked_at is null and u.disabled_at is null),
    'scopes', (select coalesce(jsonb_object_agg(s.room, to_jsonb(s.scopes)), '{}') from bot_scopes s where s.bot = u.id),
    'cursors', (select coalesce(jsonb_agg(jsonb_build_object('name', c.name, 'room', c.room, 'seq', c.seq,
        'behind', greatest(0, r.head - c.seq), 'at', iso(c.at)) order by c.name, c.room), '[]')
      from bot_cursors c join rooms r on r.id = c.room where c.bot = u.id),
    'deadLetters', (select count(*) from dead_letters d where d.bot = u.id),
    'commands', (select coalesce(jsonb_agg(c.name order by c.name), '[]') from bot_commands c where c.bot = u.id)
  )) order by u.id), '[]')) from known u
$$;

-- Ends all sessions of a bot and takes its commands back. input: {bot}; answer: {error} | {ended: [session]}
create function revoke_bot(input jsonb) returns jsonb language plpgsql as $$
declare
  over jsonb;
begin
  if not exists (select from users where id = input ->> 'bot' and role = 'bot') then
    return jsonb_build_object('error', refusal('not_found', 'There is no such bot.'));
  end if;
  with revoked as (
    update sessions set revoked_at = now(), revoked_reason = 'revoked' where user_id = input ->> 'bot' and revoked_at is null
    returning id
  )
  select coalesce(jsonb_agg(id), '[]') into over from revoked;
  delete from bot_commands where bot = input ->> 'bot';
  return jsonb_build_object('ended', over);
end
$$;

-- Where a bot stands in a log; `seq` where it never was: where its membership began. input: {bot, name, room}
-- answer: {error} | {seq, turn, epoch, head, fresh}
create function get_bot_cursor(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  c bot_cursors;
begin
  select * into a from access(input ->> 'room', input ->> 'bot', false);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  select * into c from bot_cursors where bot = input ->> 'bot' and name = input ->> 'name' and room = (a.r).id;
  return jsonb_build_object('seq', coalesce(c.seq, (a.m).since_seq), 'turn', coalesce(c.turn, 0), 'epoch', (a.r).epoch,
    'head', (a.r).head, 'fresh', c.seq is null);
end
$$;

-- Never back, unless somebody puts it there (rewind_bot). input: {bot, name, room, seq, turn, epoch}; answer: {error} | {seq}
create function set_bot_cursor(input jsonb) returns jsonb language plpgsql as $$
declare
  a record;
  c bot_cursors;
begin
  select * into a from access(input ->> 'room', input ->> 'bot', false);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  elsif (a.r).epoch <> input ->> 'epoch' then
    return jsonb_build_object('error', refusal('conflict', 'The hub was restored from a backup: ask for the cursor anew.'));
  end if;
  select * into c from bot_cursors
    where bot = input ->> 'bot' and name = input ->> 'name' and room = (a.r).id for update;
  if c.seq is null then
    if (select count(*) from bot_cursors where bot = input ->> 'bot') >= 10000 then
      return jsonb_build_object('error', refusal('too_large', 'A bot has at most 10000 cursors.'));
    end if;
    insert into bot_cursors (bot, name, room, seq) values (input ->> 'bot', input ->> 'name', (a.r).id, 0)
      on conflict do nothing;
    select * into c from bot_cursors
      where bot = input ->> 'bot' and name = input ->> 'name' and room = (a.r).id for update;
  end if;
  if c.turn <> (input ->> 'turn')::integer then
    return jsonb_build_object('error', refusal('conflict', 'The cursor was put elsewhere: ask for it anew.'));
  end if;
  c.seq := greatest(c.seq, least((input ->> 'seq')::bigint, (a.r).head));
  update bot_cursors set seq = c.seq, at = now() where bot = c.bot and name = c.name and room = c.room;
  return jsonb_build_object('seq', c.seq);
end
$$;

-- Puts a bot's cursors so that it reads on from an entry or a time. input: {bot, name, room?, seq? | since?}; answer: {error} | {rooms: [{room, seq}]}
create function rewind_bot(input jsonb) returns jsonb language plpgsql as $$
declare
  moved jsonb;
begin
  if not exists (select from users where id = input ->> 'bot' and role = 'bot') then
    return jsonb_build_object('error', refusal('not_found', 'There is no such bot.'));
  end if;
  with places as (
    select r.id as room, greatest(m.since_seq, least(r.head, coalesce((input ->> 'seq')::bigint - 1,
      (select min(e.seq) - 1 from events e where e.room = r.id and e.at >= (input ->> 'since')::timestamptz), r.head))) as seq
    from members m join rooms r on r.id = m.room
    where m.user_id = input ->> 'bot' and (not input ? 'room' or r.id = input ->> 'room')
  ), put as (
    insert into bot_cursors (bot, name, room, seq, turn)
      select input ->> 'bot', input ->> 'name', room, seq, 1 from places
      on conflict (bot, name, room) do update set seq = excluded.seq, turn = bot_cursors.turn + 1, at = now()
      returning room, seq
  )
  select coalesce(jsonb_agg(jsonb_build_object('room', room, 'seq', seq) order by room), '[]') into moved from put;
  if moved = '[]' then
    return jsonb_build_object('error', refusal('not_found', 'The bot is not in such a room.'));
  end if;
  return jsonb_build_object('rooms', moved);
end
$$;

-- input: {bot, name, room, seq, attempts, error}; answer: {error} | {id}
create function put_dead_letter(input jsonb) returns jsonb language plpgsql as $$
declare
  a record;
  letter uuid;
begin
  select * into a from access(input ->> 'room', input ->> 'bot', false);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  elsif not exists (select from events where room = (a.r).id and seq = (input ->> 'seq')::bigint and seq >= first_readable(a.r, a.m)) then
    return jsonb_build_object('error', refusal('not_found', 'There is no such entry.'));
  end if;
  insert into dead_letters (bot, name, room, seq, attempts, error)
    values (input ->> 'bot', input ->> 'name', (a.r).id, (input ->> 'seq')::bigint, (input ->> 'attempts')::integer, input ->> 'error')
    on conflict (bot, name, room, seq) do update
      set attempts = dead_letters.attempts + excluded.attempts, error = excluded.error, due = false, at = now()
    returning id into letter;
  return jsonb_build_object('id', letter);
end
$$;

-- Oldest first. For the bot itself, who is `reader`, with the entries, as far as it may still read them, and with all that it said of the failure;
-- others see the first line of that. input: {bot?, reader?, name?, due?, after?, limit}
-- answer: {letters: [{id, bot, name, room, seq, type, attempts, error, due, at, event?}]}
create function list_dead_letters(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('letters', coalesce(jsonb_agg(letter order by at, id), '[]')) from (
    select d.at, d.id, jsonb_build_object('id', d.id, 'bot', d.bot, 'name', d.name, 'room', d.room, 'seq', d.seq,
        'attempts', d.attempts, 'due', d.due, 'at', iso(d.at),
        'error', case when d.bot = input ->> 'reader' then d.error else left(split_part(d.error, e'\n', 1), 200) end)
      || case when e.seq is null then '{}' else jsonb_build_object('type', e.type) end
      || case when e.seq is null or input ->> 'reader' is distinct from d.bot or m.user_id is null or not may(m, 'read')
             or e.seq < first_readable(r, m) then '{}' else jsonb_build_object('event', event_json(e)) end as letter
    from dead_letters d join rooms r on r.id = d.room
      left join events e on e.room = d.room and e.seq = d.seq
      left join members m on m.room = d.room and m.user_id = d.bot
    where (not input ? 'bot' or d.bot = input ->> 'bot') and (not input ? 'name' or d.name = input ->> 'name')
      and (not input ? 'due' or d.due)
      and (not input ? 'after' or (d.at, d.id) > (select o.at, o.id from dead_letters o where o.id = (input ->> 'after')::uuid))
    order by d.at, d.id limit (input ->> 'limit')::integer
  ) as page
$$;

-- Marks one, or all of a bot, to be tried again; with `drop` forgets them. input: {bot?, id?, drop?}; answer: {count, bots: [id]}
create function redo_dead_letters(input jsonb) returns jsonb language plpgsql as $$
declare
  answer jsonb;
begin
  if input ? 'drop' then
    with gone as (
      delete from dead_letters where (not input ? 'bot' or bot = input ->> 'bot') and (not input ? 'id' or id = (input ->> 'id')::uuid)
      returning bot
    )
    select jsonb_build_object('count', count(*), 'bots', coalesce(jsonb_agg(distinct bot), '[]')) into answer from gone;
  else
    with marked as (
      update dead_letters set due = true
        where (not input ? 'bot' or bot = input ->> 'bot') and (not input ? 'id' or id = (input ->> 'id')::uuid)
        returning bot
    )
    select jsonb_build_object('count', count(*), 'bots', coalesce(jsonb_agg(distinct bot), '[]')) into answer from marked;
  end if;
  return answer;
end
$$;

-- In place of those the bot had. input: {bot, commands: [{name, description, usage?}]}; answer: {error} | {}
create function register_commands(input jsonb) returns jsonb language plpgsql as $$
declare
  taken text;
begin
  -- Two that want the same name come one after the other, and the second is told.
  perform pg_advisory_xact_lock(hashtextextended('bot commands', 0));
  select min(b.name) into taken from bot_commands b
    where b.bot <> input ->> 'bot' and b.name in (select value ->> 'name' from jsonb_array_elements(input -> 'commands'));
  if taken is not null then
    return jsonb_build_object('error', refusal('conflict', format('The command /%s is another bot''s.', taken)));
  end if;
  delete from bot_commands where bot = input ->> 'bot';
  insert into bot_commands (name, bot, description, usage)
    select distinct on (c.name) c.name, input ->> 'bot', c.description, c.usage
      from jsonb_to_recordset(input -> 'commands') as c (name text, description text, usage text) order by c.name;
  return '{}';
end
$$;

-- input: {room, user, admin}; answer: {error} | {commands: [{name, description, usage?, bot}]}
create function list_commands(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  return jsonb_build_object('commands', (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'name', c.name, 'description', c.description, 'usage', c.usage, 'bot', c.bot)) order by c.name), '[]')
    from bot_commands c join members m on m.room = (a.r).id and m.user_id = c.bot
    where may(m, 'commands')));
end
$$;

-- A command begins; the same id again is the same one. input: {id, room, user, admin, command}
-- answer: {error} | {bot, answer?, acked}
create function begin_command(input jsonb) returns jsonb language plpgsql as $$
declare
  a record;
  wanted bot_commands;
  run command_runs;
  no jsonb;
begin
  delete from command_runs where at < now() - interval '1 hour';
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  no := coalesce(a.error, posting_refusal(a.r, a.m, now()));
  if no is not null then
    return jsonb_build_object('error', no);
  end if;
  select c.* into wanted from bot_commands c join members m on m.room = (a.r).id and m.user_id = c.bot
    where c.name = input ->> 'command' and may(m, 'commands');
  if wanted.bot is null then
    return jsonb_build_object('error', refusal('not_found', 'No bot in this room answers to this command.'));
  end if;
  insert into command_runs (id, bot, command, room, caller)
    values ((input ->> 'id')::uuid, wanted.bot, wanted.name, (a.r).id, input ->> 'user')
    on conflict (id) do nothing;
  select * into run from command_runs where id = (input ->> 'id')::uuid;
  if run.caller <> input ->> 'user' or run.room <> (a.r).id or run.command <> wanted.name then
    return jsonb_build_object('error', refusal('conflict', 'This id was used for something else.'));
  end if;
  return jsonb_strip_nulls(jsonb_build_object('bot', run.bot, 'acked', run.acked_at is not null, 'answer', run.answer));
end
$$;

-- The bot has it. The first to say so has it alone. input: {id, bot, answer?}; answer: {error} | {}
create function ack_command(input jsonb) returns jsonb language plpgsql as $$
begin
  update command_runs set acked_at = now(), answer = input ->> 'answer'
    where id = (input ->> 'id')::uuid and bot = input ->> 'bot' and acked_at is null;
  if found then
    return '{}';
  elsif exists (select from command_runs where id = (input ->> 'id')::uuid and bot = input ->> 'bot') then
    return jsonb_build_object('error', refusal('conflict', 'This command was taken already.'));
  end if;
  return jsonb_build_object('error', refusal('not_found', 'There is no such command under way.'));
end
$$;

-- Whom an answer of the bot reaches: who called, as long as both are in the room. input: {id, bot}; answer: {error} | {caller, room, command}
create function command_caller(input jsonb) returns jsonb language plpgsql stable as $$
declare
  run command_runs;
begin
  select c.* into run from command_runs c
    where c.id = (input ->> 'id')::uuid and c.bot = input ->> 'bot' and c.at > now() - interval '30 minutes'
      and exists (select from members m where m.room = c.room and m.user_id = c.caller)
      and exists (select from members m where m.room = c.room and m.user_id = c.bot);
  if run.id is null then
    return jsonb_build_object('error', refusal('not_found', 'This command can be answered no more.'));
  end if;
  return jsonb_build_object('caller', run.caller, 'room', run.room, 'command', run.command);
end
$$;

-- input: {id}; answer: {acked, answer?}
create function command_state(input jsonb) returns jsonb language sql stable as $$
  select coalesce((select jsonb_strip_nulls(jsonb_build_object('acked', acked_at is not null, 'answer', answer))
    from command_runs where id = (input ->> 'id')::uuid), '{"acked": false}')
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 19}'::jsonb $$;
select seal(
  array['bot_scopes', 'bot_changes', 'bot_cursors', 'dead_letters', 'bot_commands', 'command_runs'],
  array[
    'scopes_of', 'may', 'first_readable', 'scopes_joined', 'access', 'open_room', 'search_scope', 'posting_refusal',
    'apply_settings', 'apply_settings_by_role', 'apply_membership', 'apply_membership_by_role', 'may_post',
    'set_bot_scopes', 'bots_changed', 'list_bots', 'revoke_bot', 'get_bot_cursor', 'set_bot_cursor', 'rewind_bot', 'put_dead_letter',
    'list_dead_letters', 'redo_dead_letters', 'register_commands', 'list_commands', 'begin_command', 'ack_command', 'command_caller',
    'command_state', 'schema_version'
  ]
);
