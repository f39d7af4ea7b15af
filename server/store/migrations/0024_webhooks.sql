-- Webhooks of rooms: ways in, by which programs speak with nothing but an address, and ways out, by which they hear.

create table hooks (
  id uuid primary key,
  room text not null references rooms (id),
  direction text not null check (direction in ('in', 'out')),
  name text not null,
  -- who answers for it: it works as long as they are in the room, or are an admin (I9)
  keeper text not null references users (id),
  at timestamptz not null default now(),
  state text not null default 'on' check (state in ('on', 'paused', 'ended')),
  -- why it is not on
  reason text,
  -- in: as whom it speaks, and the SHA-256 of its token
  speaker text references users (id),
  token_hash bytea unique check (length(token_hash) = 32),
  -- out: where to, without what may be secret in it; the whole address, sealed as {keyId, box}; the secrets likewise, the newest first, older ones
  -- with `until`; the entries it wants, all when null; the entry up to which all was handed on
  site text,
  address jsonb,
  secrets jsonb,
  types text[],
  seq bigint,
  -- tries since the last that went well, and how the last one went
  failures integer not null default 0,
  last_status integer,
  last_error text,
  last_at timestamptz,
  check (case direction when 'in' then speaker is not null and token_hash is not null
    else site is not null and address is not null and secrets is not null and seq is not null end)
);
create index hooks_by_room on hooks (room);
create index hooks_by_keeper on hooks (keeper);

-- Whether whoever answers for it is still there.
create function hook_kept(h hooks) returns boolean language sql stable as $$
  select exists (select from users u where u.id = h.keeper and u.disabled_at is null
    and (u.role = 'admin' or exists (select from members m where m.room = h.room and m.user_id = u.id)))
$$;

-- The first entry that its keeper may read; an admin who is not in the room reads all.
create function hook_floor(h hooks, r rooms) returns bigint language sql stable as $$
  select coalesce((select first_readable(r, m) from members m where m.room = h.room and m.user_id = h.keeper), 1)
$$;

create function hook_json(h hooks) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'id', h.id, 'room', h.room, 'direction', h.direction, 'name', h.name, 'by', h.keeper, 'at', iso(h.at),
    'state', case when h.state = 'on' and not hook_kept(h) then 'paused' else h.state end,
    'reason', case when h.state = 'on' and not hook_kept(h) then 'Whoever looked after it is not in the room any more.' else h.reason end,
    'user', h.speaker, 'site', h.site, 'events', to_jsonb(h.types),
    'behind', case when h.direction = 'out' then
      (select greatest(0, r.head - h.seq) from rooms r where r.id = h.room)
        + (select count(*) from outbox o where o.state = 'waiting' and o.bundle = 'hook:' || h.id) end,
    'failures', case when h.direction = 'out' then h.failures end,
    'lastStatus', h.last_status, 'lastError', h.last_error, 'lastAt', iso(h.last_at)))
$$;

-- May this one look after the webhooks of the room? Null means yes.
create function hook_refusal(room_id text, who text, admin boolean) returns jsonb language plpgsql stable as $$
declare
  a record;
begin
  select * into a from access(room_id, who, admin);
  if a.error ->> 'code' = 'not_found' then
    return a.error;
  elsif rank((a.m).role, admin) < 2 then
    return refusal('forbidden', 'Only owners and moderators of the room look after its webhooks.');
  elsif (a.r).kind = 'direct' then
    return refusal('forbidden', 'A direct room keeps the people it began with, and has no webhooks.');
  end if;
  return null;
end
$$;

-- A webhook by its id, locked, for who may look after it; for all others there is none (attack 18).
create function hook_of(input jsonb, out h hooks, out error jsonb) language plpgsql as $$
begin
  select * into h from hooks where id = (input ->> 'id')::uuid for update;
  if h.id is null or hook_refusal(h.room, input ->> 'user', (input ->> 'admin')::boolean) is not null then
    error := refusal('not_found', 'There is no such webhook.');
  end if;
end
$$;

-- One that speaks is a member of its room from its first day, brought in by who made it.
-- input: {id, room, user, admin, direction, name, speaker?, hash?, site?, address?, secret?, types?, most}
-- answer: {error} | {outcome?}, the outcome as of a draft in append_events
create function create_hook(input jsonb) returns jsonb language plpgsql as $$
declare
  r rooms;
  no jsonb;
  outcome jsonb;
begin
  no := hook_refusal(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if no is not null then
    return jsonb_build_object('error', no);
  end if;
  select * into r from rooms where id = input ->> 'room' for update;
  if r.archived then
    return jsonb_build_object('error', refusal('forbidden', 'This room is archived: nothing can be added.'));
  elsif (select count(*) from hooks where room = r.id) >= (input ->> 'most')::integer then
    return jsonb_build_object('error', refusal('conflict', format('A room has at most %s webhooks. Remove one first.', input ->> 'most')));
  end if;
  if input ->> 'direction' = 'in' then
    insert into users (id, name, role) values (input ->> 'speaker', input ->> 'name', 'bot');
    outcome := append_events(jsonb_build_object('drafts', jsonb_build_array(jsonb_build_object(
      'room', r.id, 'by', input ->> 'user', 'id', gen_random_uuid(), 'type', 'member.joined', 'admin', (input ->> 'admin')::boolean,
      'digest', '', 'data', jsonb_build_object('user', input ->> 'speaker', 'role', 'member'))))) #> '{results,0}';
    if outcome ? 'error' then
      delete from users where id = input ->> 'speaker';
      return jsonb_build_object('error', outcome -> 'error');
    end if;
  end if;
  insert into hooks (id, room, direction, name, keeper, speaker, token_hash, site, address, secrets, types, seq)
    values ((input ->> 'id')::uuid, r.id, input ->> 'direction', input ->> 'name', input ->> 'user', input ->> 'speaker',
      decode(input ->> 'hash', 'hex'), input ->> 'site', input -> 'address',
      case when input ? 'secret' then jsonb_build_array(input -> 'secret') end,
      case when input ? 'types' then array(select jsonb_array_elements_text(input -> 'types')) end,
      case when input ->> 'direction' = 'out' then r.head end);
  perform audit_append(input ->> 'user', 'hook.created', jsonb_strip_nulls(jsonb_build_object(
    'id', input ->> 'id', 'room', r.id, 'direction', input ->> 'direction', 'name', input ->> 'name', 'site', input ->> 'site')));
  return case when outcome is null then '{}' else jsonb_build_object('outcome', outcome) end;
end
$$;

-- Of a room, or for admins of all. input: {room?, user, admin}; answer: {error} | {hooks}
create function list_hooks(input jsonb) returns jsonb language plpgsql stable as $$
declare
  no jsonb := case
    when input ? 'room' then hook_refusal(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean)
    when not (input ->> 'admin')::boolean then refusal('forbidden', 'Name a room: only admins see the webhooks of all.') end;
begin
  if no is not null then
    return jsonb_build_object('error', no);
  end if;
  return jsonb_build_object('hooks', (
    select coalesce(jsonb_agg(hook_json(h) order by h.room, h.at, h.id), '[]') from hooks h
    where not input ? 'room' or h.room = input ->> 'room'));
end
$$;

-- input: {id, user, admin}; answer: {error} | {hook}
create function get_hook(input jsonb) returns jsonb language plpgsql as $$
declare
  t record;
begin
  select * into t from hook_of(input);
  return case when t.error is not null then jsonb_build_object('error', t.error) else jsonb_build_object('hook', hook_json(t.h)) end;
end
$$;

-- Hands nothing more on, and takes back what waits; once it goes on, it begins with that.
create function stop_hook(which uuid, into_state text, why text) returns void language plpgsql as $$
declare
  first_waiting bigint;
begin
  perform 1 from outbox where state = 'waiting' and bundle = 'hook:' || which order by key for update;
  select min((payload ->> 'seq')::bigint) into first_waiting from outbox where state = 'waiting' and bundle = 'hook:' || which;
  update hooks set state = into_state, reason = why, seq = least(seq, first_waiting - 1) where id = which;
  update outbox set state = 'cancelled', last_error = why, done_at = now() where state = 'waiting' and bundle = 'hook:' || which;
end
$$;

-- input: {id, user, admin}; answer: {error} | {room, outcome?}
create function remove_hook(input jsonb) returns jsonb language plpgsql as $$
declare
  t record;
  outcome jsonb;
begin
  select * into t from hook_of(input);
  if t.error is not null then
    return jsonb_build_object('error', t.error);
  end if;
  perform stop_hook((t.h).id, 'ended', 'The webhook was removed.');
  delete from hooks where id = (t.h).id;
  if (t.h).speaker is not null then
    -- What it said stays, under its name.
    update users set disabled_at = now() where id = (t.h).speaker;
    outcome := append_events(jsonb_build_object('drafts', jsonb_build_array(jsonb_build_object(
      'room', (t.h).room, 'by', (t.h).speaker, 'id', gen_random_uuid(), 'type', 'member.left', 'admin', false, 'digest', '',
      'data', jsonb_build_object('user', (t.h).speaker))))) #> '{results,0}';
  end if;
  perform audit_append(input ->> 'user', 'hook.removed', jsonb_build_object('id', (t.h).id, 'room', (t.h).room, 'name', (t.h).name));
  return jsonb_build_object('room', (t.h).room) || case when outcome ? 'event' then jsonb_build_object('outcome', outcome) else '{}' end;
end
$$;

-- Of one that speaks the old token ends at once; of one that hears the old secret signs for so many seconds more.
-- input: {id, user, admin, hash, secret, seconds}; answer: {error} | {direction, until?}
create function renew_hook(input jsonb) returns jsonb language plpgsql as $$
declare
  t record;
  ends constant text := iso(now() + make_interval(secs => (input ->> 'seconds')::integer));
begin
  select * into t from hook_of(input);
  if t.error is not null then
    return jsonb_build_object('error', t.error);
  end if;
  if (t.h).direction = 'in' then
    update hooks set token_hash = decode(input ->> 'hash', 'hex') where id = (t.h).id;
  else
    update hooks set secrets = jsonb_build_array(input -> 'secret', secrets -> 0 || jsonb_build_object('until', ends)) where id = (t.h).id;
  end if;
  perform audit_append(input ->> 'user', 'hook.renewed', jsonb_build_object('id', (t.h).id, 'room', (t.h).room, 'name', (t.h).name));
  return jsonb_strip_nulls(jsonb_build_object('direction', (t.h).direction, 'until', case when (t.h).direction = 'out' then ends end));
end
$$;

-- Whoever says so looks after it from now on. It goes on where it stood; with `skip`, and where nobody looked after it, with what comes now.
-- input: {id, user, admin, skip}; answer: {error} | {hook}
create function resume_hook(input jsonb) returns jsonb language plpgsql as $$
declare
  t record;
  h hooks;
begin
  select * into t from hook_of(input);
  if t.error is not null then
    return jsonb_build_object('error', t.error);
  end if;
  update hooks set state = 'on', reason = null, failures = 0, keeper = input ->> 'user',
      seq = case when (input ->> 'skip')::boolean or not hook_kept(t.h) then (select head from rooms where id = hooks.room) else seq end
    where id = (t.h).id returning * into h;
  perform audit_append(input ->> 'user', 'hook.resumed', jsonb_build_object('id', h.id, 'room', h.room, 'name', h.name));
  return jsonb_build_object('hook', hook_json(h));
end
$$;

-- One that speaks, by its token. input: {hash}; answer: null or {id, room, user: {id, name}, kept, member}
create function find_hook(input jsonb) returns jsonb language plpgsql as $$
declare
  h hooks;
begin
  select * into h from hooks where token_hash = decode(input ->> 'hash', 'hex');
  if h.id is null then
    return null;
  end if;
  if h.last_at is null or h.last_at < now() - interval '1 minute' then
    update hooks set last_at = now() where id = h.id;
  end if;
  return jsonb_build_object('id', h.id, 'room', h.room, 'user', jsonb_build_object('id', h.speaker, 'name', h.name), 'kept', hook_kept(h),
    'member', exists (select from members m where m.room = h.room and m.user_id = h.speaker));
end
$$;

-- Hands entries on: of each webhook whose turn it is the next ones, in one step with how far it has come. Its turn is when nothing of it waits, so
-- that nothing overtakes what has to be tried again. Words of bots that came through `hops` already are left out.
-- input: {limit, hops}; answer: {put, more, rooms: [room with a webhook that is on]}
create function step_hooks(input jsonb) returns jsonb language plpgsql as $$
declare
  h hooks;
  r rooms;
  reached bigint;
  written integer;
  written_all integer := 0;
  more boolean := false;
begin
  for h in
    select k.* from hooks k join rooms on rooms.id = k.room
    where k.direction = 'out' and k.state = 'on' and rooms.head > k.seq order by k.id for update of k skip locked
  loop
    select * into r from rooms where id = h.room;
    if not hook_kept(h) then
      perform stop_hook(h.id, 'paused', 'Whoever looked after it is not in the room any more.');
      continue;
    elsif r.archived then
      update hooks set seq = r.head where id = h.id;
      continue;
    elsif exists (select from outbox where state = 'waiting' and bundle = 'hook:' || h.id) then
      more := true;
      continue;
    end if;
    with read as (
      select * from events where room = h.room and seq >= greatest(h.seq + 1, hook_floor(h, r)) and seq <= r.head order by seq limit 1000
    ), wanted as (
      select seq from read
      where (h.types is null or type = any (h.types))
        and case when jsonb_typeof(data #> '{meta,hops}') = 'number' then (data #>> '{meta,hops}')::numeric < (input ->> 'hops')::numeric else true end
      order by seq limit (input ->> 'limit')::integer
    ), handed as (
      insert into outbox (key, channel, topic, bundle, payload)
        select format('hook:%s:%s:%s', h.id, key_part(h.room), seq), 'webhook', 'webhook', 'hook:' || h.id,
          jsonb_build_object('title', h.name, 'hook', h.id, 'seq', seq)
        from wanted
        -- taken back when it was paused, and due again
        on conflict (key) do update set state = 'waiting', attempts = 0, not_before = now(), held_until = null, last_error = null, done_at = null
          where outbox.state = 'cancelled'
        returning 1
    )
    select count(*), coalesce(
        case when (select count(*) from wanted) = (input ->> 'limit')::integer then (select max(seq) from wanted) else (select max(seq) from read) end,
        r.head)
      into written, reached from handed;
    update hooks set seq = reached where id = h.id;
    written_all := written_all + written;
    more := more or reached < r.head;
  end loop;
  return jsonb_build_object('put', written_all, 'more', more, 'rooms', (
    select coalesce(jsonb_agg(distinct room), '[]') from hooks where direction = 'out' and state = 'on'));
end
$$;

-- One entry as members see it now, and where it goes; `over`: why it goes nowhere any more. Without `seq` the address alone, for a trial.
-- input: {hook, seq?}; answer: {over} | {address, secrets: [{keyId, box}], name, room: {id, title}, event?, author?}
create function hook_delivery(input jsonb) returns jsonb language plpgsql stable as $$
declare
  h hooks;
  r rooms;
  e events;
begin
  select * into h from hooks where id = (input ->> 'hook')::uuid;
  select * into r from rooms where id = h.room;
  if h.id is null then
    return '{"over": "The webhook was removed."}';
  elsif not hook_kept(h) then
    return '{"over": "Whoever looked after the webhook is not in the room any more."}';
  end if;
  if input ? 'seq' then
    select * into e from events where room = h.room and seq = (input ->> 'seq')::bigint and seq >= hook_floor(h, r);
    if h.state <> 'on' then
      return jsonb_build_object('over', h.reason);
    elsif r.archived then
      return '{"over": "The room is archived."}';
    elsif e.seq is null then
      return '{"over": "The entry is not there for this webhook."}';
    end if;
  end if;
  return jsonb_strip_nulls(jsonb_build_object('address', h.address, 'name', h.name, 'room', jsonb_build_object('id', r.id, 'title', r.title),
      'secrets', (select jsonb_agg(s.value - 'until' order by s.n) from jsonb_array_elements(h.secrets) with ordinality as s (value, n)
        where not s.value ? 'until' or (s.value ->> 'until')::timestamptz > now())))
    || case when e.seq is null then '{}' else jsonb_build_object('event', event_json(e),
      'author', (select jsonb_build_object('id', id, 'name', name, 'role', role) from users where id = e.author)) end;
end
$$;

-- How one try went. After so many that failed in a row it is paused, and who looks after it is told by these channels; a receiver that is gone
-- for good ends it. input: {hook, ok, status?, error?, gone, most, channels: [text]}; answer: {state}
create function hook_tried(input jsonb) returns jsonb language plpgsql as $$
declare
  h hooks;
  failed constant text := input ->> 'error';
begin
  update hooks set
      failures = case when (input ->> 'ok')::boolean then 0 else failures + 1 end,
      last_status = (input ->> 'status')::integer, last_error = failed, last_at = now()
    where id = (input ->> 'hook')::uuid returning * into h;
  if h.state is distinct from 'on' or not ((input ->> 'gone')::boolean or h.failures >= (input ->> 'most')::integer) then
    return jsonb_build_object('state', coalesce(h.state, 'ended'));
  end if;
  perform stop_hook(h.id, case when (input ->> 'gone')::boolean then 'ended' else 'paused' end, failed);
  perform outbox_put(jsonb_build_object('items', coalesce((
    select jsonb_agg(jsonb_build_object('key', format('hook-stopped:%s:%s:%s', h.id, extract(epoch from clock_timestamp())::bigint, channel),
      'channel', channel, 'topic', 'message', 'user', h.keeper, 'payload', jsonb_build_object(
        'title', format('The webhook "%s" has stopped', h.name), 'level', 'warning', 'place', '/room/' || h.room,
        'text', format('It hands nothing on to %s any more: %s Put it right, then resume it; nothing is lost until then.', h.site, failed))))
    from jsonb_array_elements_text(input -> 'channels') as channel), '[]')));
  return jsonb_build_object('state', case when (input ->> 'gone')::boolean then 'ended' else 'paused' end);
end
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 24}'::jsonb $$;
select seal(
  array['hooks'],
  array[
    'hook_kept', 'hook_floor', 'hook_json', 'hook_refusal', 'hook_of', 'create_hook', 'list_hooks', 'get_hook', 'stop_hook', 'remove_hook', 'renew_hook',
    'resume_hook', 'find_hook', 'step_hooks', 'hook_delivery', 'hook_tried', 'schema_version'
  ]
);
