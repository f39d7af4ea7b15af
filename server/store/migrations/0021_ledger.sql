-- The delivery ledger: which entries a node handed to whom, in which way, and what devices said they have. Ranges, never a row for a message.

-- A node from its start to its end. One without an end that is long unheard of has died, and what it had noted last died with it.
create table ledger_runs (
  run uuid primary key,
  node text not null,
  began_at timestamptz not null,
  -- it had written down by then all that it had noted
  seen_at timestamptz not null,
  ended_at timestamptz
);

-- How far a room's log has left a node, to all who listened to it there.
create table fan_outs (
  run uuid not null,
  room text not null,
  epoch text not null,
  first_seq bigint not null,
  last_seq bigint not null,
  -- each left so soon after it was written; null: that is not known
  within_ms integer,
  -- when the first and the last of them left
  from_at timestamptz not null,
  to_at timestamptz not null,
  primary key (run, room, epoch, first_seq)
);

create table deliveries (
  room text not null,
  user_id text not null,
  socket text not null,
  epoch text not null,
  -- how: pushed to a listener, in answer to "what came after …", as a page of messages; or what the device named as having, or its user as read
  via text not null check (via in ('live', 'recovered', 'page', 'acknowledged', 'read')),
  -- of a page of one thread: the message above it; else empty
  thread text not null default '',
  -- of what a device named: the first and the last that it named, at `from_at` and at `to_at`
  first_seq bigint not null,
  -- null: it listens, and has what `fan_outs` has
  last_seq bigint,
  run uuid not null,
  device text not null,
  client text,
  from_at timestamptz not null,
  to_at timestamptz not null,
  primary key (room, user_id, socket, epoch, via, thread, first_seq)
);
create index deliveries_by_age on deliveries using brin (from_at);

-- When somebody came into a room, and when they went.
create index events_of_members on events (room, (data ->> 'user'), seq) where type in ('member.joined', 'member.left', 'member.removed');

-- Writes down what a node has noted since it last did; twice is once. What a device has been given already, or has named, is not noted again.
-- input: {run, node, ended, carried: [{room, epoch, first, last, within?, fromAgo, ago}],
--   items: [{user, device, client?, socket, room, epoch?, via, thread, first, last?, fromAgo, ago}]}, times in ms before now
-- answer: {now}, in ms since 1970
create function note_deliveries(input jsonb) returns jsonb language plpgsql as $$
declare
  this constant uuid := (input ->> 'run')::uuid;
  at constant timestamptz := clock_timestamp();
begin
  insert into ledger_runs (run, node, began_at, seen_at, ended_at)
    values (this, input ->> 'node', at, at, case when (input ->> 'ended')::boolean then at end)
    on conflict (run) do update set seen_at = excluded.seen_at, ended_at = excluded.ended_at;
  insert into fan_outs (run, room, epoch, first_seq, last_seq, within_ms, from_at, to_at)
    select this, c.room, c.epoch, c.first, c.last, c.within,
      at - make_interval(secs => c."fromAgo" / 1000), at - make_interval(secs => c.ago / 1000)
    from jsonb_to_recordset(input -> 'carried')
      as c (room text, epoch text, first bigint, last bigint, within integer, "fromAgo" float, ago float)
    on conflict (run, room, epoch, first_seq) do update
      set last_seq = greatest(fan_outs.last_seq, excluded.last_seq), to_at = excluded.to_at;
  insert into deliveries as d (room, user_id, socket, epoch, via, thread, first_seq, last_seq, run, device, client, from_at, to_at)
    select distinct on (i.room, i."user", i.socket, e.epoch, i.via, i.thread, i.first)
      i.room, i."user", i.socket, e.epoch, i.via, i.thread, i.first, i.last, this, i.device, i.client,
      at - make_interval(secs => i."fromAgo" / 1000), at - make_interval(secs => i.ago / 1000)
    from jsonb_to_recordset(input -> 'items') as i (room text, "user" text, socket text, epoch text, via text, thread text,
      first bigint, last bigint, device text, client text, "fromAgo" float, ago float)
    cross join lateral (select coalesce(i.epoch, (select r.epoch from rooms r where r.id = i.room)) as epoch) as e
    where e.epoch is not null and (i.via = 'live' or not exists (
      select from deliveries had
      where had.room = i.room and had.user_id = i."user" and had.device = i.device and had.epoch = e.epoch and had.via = i.via
        and had.thread = i.thread and had.last_seq >= i.last
        and (i.via in ('acknowledged', 'read') or had.first_seq <= i.first)))
    order by i.room, i."user", i.socket, e.epoch, i.via, i.thread, i.first, i.last desc nulls last
    on conflict (room, user_id, socket, epoch, via, thread, first_seq) do update
      set last_seq = greatest(d.last_seq, excluded.last_seq), to_at = excluded.to_at;
  return jsonb_build_object('now', extract(epoch from clock_timestamp()) * 1000);
end
$$;

-- What a person was to a room when an entry was written, and is. answer: {wasIn, isIn, mayRead, since?: {seq, at}, until?: {seq, at, how}}
create function trace_member(r rooms, who text, entry bigint) returns jsonb language sql stable as $$
  with moves as (
    select seq, at, type from events
    where room = r.id and data ->> 'user' = who and type in ('member.joined', 'member.left', 'member.removed')
  ), before as (
    select * from moves where seq <= entry order by seq desc limit 1
  ), came as (
    select * from before where type = 'member.joined'
    union all
    (select * from moves where type = 'member.joined' and seq > entry order by seq limit 1)
    order by seq limit 1
  ), went as (
    select * from moves where type <> 'member.joined' and seq > (select seq from came) order by seq limit 1
  ), m as (
    select m from members m where m.room = r.id and m.user_id = who
  )
  select jsonb_strip_nulls(jsonb_build_object(
    'wasIn', exists (select from before where type = 'member.joined'),
    'isIn', exists (select from m),
    'mayRead', coalesce((select first_readable(r, m) <= entry from m), false),
    'since', (select jsonb_build_object('seq', seq, 'at', iso(at)) from came),
    'until', (select jsonb_build_object('seq', seq, 'at', iso(at), 'how', substr(type, 8)) from went)))
$$;

-- What is known of one person's devices and one message. answer: [{device, client?, lastSeen, live?, recovered?, page?, acknowledged?, read?,
-- unknown?: {node, lastWord}}], each mark {node, from?, to}
create function trace_devices(m messages, log_epoch text, who text) returns jsonb language sql stable as $$
  with noted as (
    select d.*, n.node, n.seen_at, n.ended_at is null and n.seen_at < now() - interval '1 minute' as died,
      coalesce(d.last_seq, (select max(f.last_seq) from fan_outs f
        where f.run = d.run and f.room = d.room and f.epoch = d.epoch), 0) as upto
    from deliveries d join ledger_runs n using (run)
    where d.room = m.room and d.user_id = who and d.epoch = log_epoch
  ), marks as (
    select n.device, n.via, n.node,
      greatest(m.at, n.from_at, f.from_at) as since,
      coalesce(least(m.at + make_interval(secs => f.within_ms / 1000.0), f.to_at, case when n.last_seq is not null then n.to_at end), n.seen_at) as until
    from noted n left join fan_outs f on f.run = n.run and f.room = n.room and f.epoch = n.epoch and m.seq between f.first_seq and f.last_seq
    where n.via = 'live' and m.seq between n.first_seq and n.upto
    union all
    select device, via, node, from_at, to_at from noted
    where via in ('recovered', 'page') and m.seq between first_seq and last_seq and thread in ('', m.root::text)
    union all
    select n.device, v.via, n.node, case when n.first_seq < m.seq then n.from_at end,
      case when n.first_seq < m.seq then n.to_at else n.from_at end
    -- who has read it has it
    from noted n cross join lateral (select n.via union select 'acknowledged') as v (via)
    where n.via in ('acknowledged', 'read') and n.last_seq >= m.seq
  ), first_marks as (
    select distinct on (device, via) * from marks order by device, via, until
  ), devices as (
    select n.device, max(n.to_at) as last_seen,
      (array_agg(n.client order by n.to_at desc) filter (where n.client is not null))[1] as client,
      (array_agg(jsonb_build_object('node', n.node, 'lastWord', iso(n.seen_at)) order by n.seen_at desc) filter (
        where n.via = 'live' and n.last_seq is null and m.seq > n.upto
          and (n.died or n.seen_at < m.at + interval '3 seconds')))[1] as unknown,
      (select jsonb_object_agg(f.via, jsonb_strip_nulls(jsonb_build_object('node', f.node, 'from', iso(f.since), 'to', iso(greatest(f.since, f.until)))))
        from first_marks f where f.device = n.device) as told
    from noted n group by n.device
  )
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('device', device, 'client', client, 'lastSeen', iso(last_seen), 'unknown', unknown))
    || coalesce(told, '{}') order by told is null, last_seen desc, device), '[]')
  from devices
$$;

-- Whether somebody is told outside the hub, and what became of it. answer: [{reason, verdict, rule, at, settledAt?,
-- channels: [{channel, state, device?, due?, error?, at}]}]
create function trace_notices(m messages, who text) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('reason', n.reason, 'verdict', n.verdict, 'rule', n.rule, 'at', iso(n.at),
    'settledAt', iso(n.settled_at), 'channels', coalesce((
      select jsonb_agg(jsonb_build_object('channel', o.channel, 'state', o.state, 'device', d.device, 'error', o.last_error,
        'due', case when o.state = 'waiting' then iso(greatest(o.not_before, o.held_until)) end, 'at', iso(coalesce(o.done_at, o.at)))
        order by o.at, o.key)
      from (select format('message:%s:%s:%s:', key_part(m.room), m.id, key_part(who)) as prefix) as p
      join outbox o on o.key >= p.prefix collate "C" and o.key < (p.prefix || chr(1114111)) collate "C"
      left join push_devices d on d.id = o.device), '[]')))), '[]')
  from notices n where n.room = m.room and n.message = m.id and n.user_id = who
$$;

-- What became of one message for one person, without a word of it. Who asked is written down.
-- input: {message, user, room?, by}
-- answer: {error} | {message: {id, room, seq, at, by, editedAt?, deletedAt?}, user, asOf, member, devices, read?: {reached, upTo?, device?, from?, to?},
--   notices, silent: [{node, lastWord}]}
create function trace_message(input jsonb) returns jsonb language plpgsql as $$
declare
  wanted constant uuid := (input ->> 'message')::uuid;
  who constant text := input ->> 'user';
  places text[];
  m messages;
  r rooms;
  devices jsonb;
  reader members;
begin
  select array_agg(id order by id) into places from (
    select rooms.id from rooms
    -- limited, so that it is a look into an index for each room, and never a look at every message
    cross join lateral (select from messages x where x.room = rooms.id and x.id = wanted limit 1) as there
    where not input ? 'room' or rooms.id = input ->> 'room'
    order by rooms.id limit 3) as found;
  if places is null then
    return jsonb_build_object('error', refusal('not_found', 'There is no such message.'));
  elsif cardinality(places) > 1 then
    return jsonb_build_object('error', refusal('conflict',
      format('There are messages with this id in several rooms (%s): name the room.', array_to_string(places, ', '))));
  elsif not exists (select from users where id = who) then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  end if;
  select * into r from rooms where id = places[1];
  select * into m from messages where room = r.id and id = wanted;
  select * into reader from members where room = r.id and user_id = who;
  perform audit_append(input ->> 'by', 'message.traced', jsonb_build_object('message', m.id, 'room', m.room, 'user', who));
  devices := trace_devices(m, r.epoch, who);
  return jsonb_build_object(
    'message', jsonb_strip_nulls(jsonb_build_object('id', m.id, 'room', m.room, 'seq', m.seq, 'at', iso(m.at), 'by', m.author,
      'editedAt', iso(m.edited_at), 'deletedAt', iso(m.deleted_at))),
    'user', who,
    -- of the node that wrote longest ago, of those that run
    'asOf', iso(coalesce((select min(seen_at) from ledger_runs where ended_at is null and seen_at > now() - interval '1 minute'), now())),
    'member', trace_member(r, who, m.seq),
    'devices', devices,
    'notices', trace_notices(m, who),
    'silent', coalesce((select jsonb_agg(jsonb_build_object('node', node, 'lastWord', iso(seen_at)) order by seen_at desc) from (
      select node, seen_at from ledger_runs
      where ended_at is null and seen_at < now() - interval '1 minute' and seen_at > m.at - interval '1 minute'
      order by seen_at desc limit 20) as s), '[]'))
    || coalesce((
      select jsonb_build_object('read', jsonb_strip_nulls(jsonb_build_object('reached', reader.read_seq >= m.seq or d is not null,
        'upTo', reader.read_seq, 'device', d -> 'device', 'from', d #> '{read,from}', 'to', d #> '{read,to}')))
      from (select 1) as one left join lateral (
        select d from jsonb_array_elements(devices) as d where d ? 'read' order by d #>> '{read,to}' limit 1) as first_read on true
      where reader.read_seq is not null or d is not null), '{}');
end
$$;

-- Forgets what is a month old, some at a time. input: {limit}; answer: {swept}
create function ledger_sweep(input jsonb) returns jsonb language sql as $$
  with gone as (
    delete from deliveries where ctid in (
      select ctid from deliveries where from_at < now() - interval '30 days' and to_at < now() - interval '30 days'
      limit (input ->> 'limit')::integer) returning 1
  ), carried as (
    delete from fan_outs where ctid in (
      select ctid from fan_outs where to_at < now() - interval '30 days' limit (input ->> 'limit')::integer) returning 1
  ), runs as (
    delete from ledger_runs where seen_at < now() - interval '31 days' returning 1
  )
  select jsonb_build_object('swept', (select count(*) from gone) + (select count(*) from carried) + (select count(*) from runs))
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 21}'::jsonb $$;
select seal(
  array['ledger_runs', 'fan_outs', 'deliveries'],
  array['note_deliveries', 'trace_member', 'trace_devices', 'trace_notices', 'trace_message', 'ledger_sweep', 'schema_version']
);
