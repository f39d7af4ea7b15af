-- Moderation and records: messages that members report, how long rooms keep what was said, what a legal hold keeps, and logs as they are handed
-- out for the law and taken in again.

-- One for each message, as long as nobody has settled it; whoever reports the same message joins it.
create table reports (
  id uuid primary key default gen_random_uuid(),
  room text not null references rooms (id),
  message uuid not null,
  seq bigint not null,
  -- who wrote the message
  author text not null references users (id),
  at timestamptz not null default now(),
  -- the message as it was when it was reported; goes when this is settled, or when the room no longer keeps the message
  text text,
  state text not null default 'open' check (state in ('open', 'dismissed', 'deleted', 'muted', 'banned')),
  settled_by text references users (id),
  settled_at timestamptz,
  -- of whoever settled it
  note text
);
create unique index reports_open on reports (room, message) where state = 'open';
create index reports_by_time on reports (at desc, id);

create table report_voices (
  id uuid primary key,
  report uuid not null references reports (id) on delete cascade,
  user_id text not null references users (id),
  reason text not null check (reason in ('spam', 'abuse', 'illegal', 'private', 'other')),
  note text,
  -- the administrators may see the message, too, who are not in the room
  attached boolean not null,
  at timestamptz not null default now(),
  unique (report, user_id)
);
create index report_voices_by_user on report_voices (user_id, at desc);

-- How much of a report somebody sees who is `m` in its room: `all`, what was handed to the administrators, or nothing. Moderators see what they may
-- read (I9), and nobody sees who reported their own words.
create function report_view(p reports, r rooms, m members, viewer text, admin boolean) returns text language sql stable as $$
  select case
    when p.author = viewer then null
    when m.user_id is not null and may(m, 'read') and p.seq >= first_readable(r, m) and (admin or rank(m.role) >= 2) then 'all'
    when admin and r.kind = 'public' then 'all'
    when admin and exists (select from report_voices v where v.report = p.id and v.attached) then 'attached'
  end
$$;

-- Who may want to look again when something about it has changed.
create function report_readers(p reports) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(id), '[]') from (
    select user_id as id from members where room = p.room and role in ('owner', 'moderator')
    union
    select id from users where role = 'admin' and disabled_at is null
      and (exists (select from rooms where id = p.room and kind = 'public')
        or exists (select from report_voices v where v.report = p.id and v.attached))
    limit 500
  ) as readers where id <> p.author
$$;

-- Reported once by each; again is nothing. input: {room, user, admin, target, id, reason, note?, attach, most}, `most` an hour
-- answer: {error} | {id, again: true} | {id, tell: [user]}
create function send_report(input jsonb) returns jsonb language plpgsql as $$
declare
  a record;
  msg messages;
  p reports;
  known uuid;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  select * into msg from messages where room = (a.r).id and id = (input ->> 'target')::uuid;
  if msg.id is null or msg.seq < first_readable(a.r, a.m) then
    return jsonb_build_object('error', refusal('not_found', 'There is no such message in this room.'));
  end if;
  select v.id into known from report_voices v join reports x on x.id = v.report
    where x.room = msg.room and x.message = msg.id and v.user_id = input ->> 'user';
  if known is not null then
    return jsonb_build_object('id', known, 'again', true);
  elsif msg.deleted_at is not null then
    return jsonb_build_object('error', refusal('conflict', 'This message was deleted.'));
  elsif msg.author = input ->> 'user' then
    return jsonb_build_object('error', refusal('bad_request', 'This message is your own: edit or delete it.'));
  elsif (a.r).kind = 'direct' and not (input ->> 'attach')::boolean then
    return jsonb_build_object('error', refusal('bad_request',
      'Nobody moderates a conversation between you: set attach, and the administrators see this message.'));
  elsif (select count(*) from report_voices where user_id = input ->> 'user' and at > now() - interval '1 hour') >= (input ->> 'most')::integer then
    return jsonb_build_object('error', refusal('rate_limited', 'You have reported very much within the hour. Write to a moderator instead.'));
  elsif exists (select from report_voices where id = (input ->> 'id')::uuid) then
    return jsonb_build_object('error', refusal('conflict', 'This id was used for something else.'));
  end if;
  insert into reports (room, message, seq, author, text) values (msg.room, msg.id, msg.seq, msg.author, msg.text)
    on conflict (room, message) where state = 'open' do update set seq = excluded.seq
    returning * into p;
  insert into report_voices (id, report, user_id, reason, note, attached)
    values ((input ->> 'id')::uuid, p.id, input ->> 'user', input ->> 'reason', input ->> 'note', (input ->> 'attach')::boolean)
    on conflict do nothing;
  return jsonb_build_object('id', input -> 'id', 'tell', report_readers(p));
end
$$;

-- Those that the viewer moderates, the newest first. input: {user, admin, room?, state?: 'open' | 'settled', cursor?, limit}
-- answer: {error} | {reports: [{id, room, message, seq, author, authorName, at, state, text?, deleted?, voices: [{user, name, reason, note?, at}],
--   settledBy?, settledAt?, note?}], open, cursor?}
create function list_reports(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  viewer constant text := input ->> 'user';
  is_admin constant boolean := (input ->> 'admin')::boolean;
  answer jsonb;
begin
  if input ? 'room' and not is_admin then
    select * into a from access(input ->> 'room', viewer, false);
    if a.error is null and rank((a.m).role) < 2 then
      a.error := refusal('forbidden', 'Only moderators and owners see what was reported.');
    end if;
    if a.error is not null then
      return jsonb_build_object('error', a.error);
    end if;
  end if;
  with seen as materialized (
    select p.*, v.view from reports p join rooms r on r.id = p.room
      left join members m on m.room = p.room and m.user_id = viewer
      cross join lateral (select report_view(p, r, m, viewer, is_admin) as view) as v
    where (not input ? 'room' or p.room = input ->> 'room') and v.view is not null
  ), page as (
    select s.*, row_number() over (order by s.at desc, s.id) as n from seen s
    where (not input ? 'state' or (s.state = 'open') = (input ->> 'state' = 'open'))
      and (not input ? 'cursor' or exists (
        select from reports c where c.id = (input ->> 'cursor')::uuid and (s.at < c.at or (s.at = c.at and s.id > c.id))))
    order by s.at desc, s.id limit (input ->> 'limit')::integer + 1
  )
  select jsonb_build_object(
      'open', (select count(*) from seen where state = 'open'),
      'reports', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'id', p.id, 'room', p.room, 'message', p.message, 'seq', p.seq, 'author', p.author,
        'authorName', (select name from users where id = p.author), 'at', iso(p.at), 'state', p.state, 'text', p.text,
        'deleted', (select true from messages x where x.room = p.room and x.id = p.message and x.deleted_at is not null),
        'voices', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'user', v.user_id, 'name', u.name, 'reason', v.reason, 'note', v.note, 'at', iso(v.at))) order by v.at, v.id)
          from report_voices v join users u on u.id = v.user_id where v.report = p.id and (p.view = 'all' or v.attached)),
        'settledBy', p.settled_by, 'settledAt', iso(p.settled_at), 'note', p.note)) order by n)
        filter (where n <= (input ->> 'limit')::integer), '[]'))
      || case when count(*) > (input ->> 'limit')::integer
        then jsonb_build_object('cursor', (select id from page where n = (input ->> 'limit')::integer)) else '{}' end
    into answer from page p;
  return answer;
end
$$;

-- Together with what is done, or not at all. The same again by the same person is nothing.
-- input: {id, user, admin, action: 'dismiss' | 'delete' | 'mute' | 'ban', delete, until?, note?}, `delete`: the message goes, whatever else is done
-- answer: {error} | {room, results, tell}, `results` as of append_events
create function settle_report(input jsonb) returns jsonb language plpgsql as $$
declare
  p reports;
  r rooms;
  m members;
  actor constant text := input ->> 'user';
  is_admin constant boolean := (input ->> 'admin')::boolean;
  action constant text := input ->> 'action';
  outcome constant text := case action when 'dismiss' then 'dismissed' when 'delete' then 'deleted' when 'mute' then 'muted' else 'banned' end;
  drafts jsonb := '[]';
  results jsonb;
  failed jsonb;
begin
  select * into p from reports where id = (input ->> 'id')::uuid;
  -- The room first, as whoever writes into its log, so that nobody waits in a ring.
  select * into r from rooms where id = p.room for update;
  select * into p from reports where id = p.id for update;
  select * into m from members where room = r.id and user_id = actor;
  if p.id is null or report_view(p, r, m, actor, is_admin) is null then
    return jsonb_build_object('error', refusal('not_found', 'There is no such report.'));
  elsif p.state = outcome and p.settled_by = actor then
    return jsonb_build_object('room', r.id, 'results', '[]'::jsonb, 'tell', '[]'::jsonb);
  elsif p.state <> 'open' then
    return jsonb_build_object('error', refusal('conflict', 'Somebody has settled this report already.', jsonb_build_object('state', p.state)));
  end if;
  if (action = 'delete' or (input ->> 'delete')::boolean)
      and exists (select from messages where room = r.id and id = p.message and deleted_at is null) then
    drafts := drafts || jsonb_build_array(jsonb_build_object('type', 'message.deleted', 'target', p.message, 'data', '{}'::jsonb));
  end if;
  if action = 'mute' then
    drafts := drafts || jsonb_build_array(jsonb_build_object('type', 'member.muted',
      'data', jsonb_strip_nulls(jsonb_build_object('user', p.author, 'until', input -> 'until'))));
  elsif action = 'ban' then
    drafts := drafts || jsonb_build_array(jsonb_build_object('type', 'member.removed',
      'data', jsonb_build_object('user', p.author, 'ban',
        jsonb_strip_nulls(jsonb_build_object('until', input -> 'until', 'reason', input -> 'note')))));
  end if;
  begin
    select append_events(jsonb_build_object('drafts', coalesce(jsonb_agg(value || jsonb_build_object(
        'room', r.id, 'by', actor, 'admin', is_admin, 'id', gen_random_uuid()) order by place), '[]'))) -> 'results'
      into results from jsonb_array_elements(drafts) with ordinality as d (value, place);
    select value -> 'error' into failed from jsonb_array_elements(results) where value ? 'error' limit 1;
    if failed is not null then
      raise exception 'refused' using errcode = 'FC001';
    end if;
  exception when sqlstate 'FC001' then
    return jsonb_build_object('error', failed);
  end;
  update reports set state = outcome, settled_by = actor, settled_at = now(), note = input ->> 'note', text = null where id = p.id;
  perform audit_append(actor, 'report.settled', jsonb_strip_nulls(jsonb_build_object(
    'report', p.id, 'room', p.room, 'message', p.message, 'user', p.author, 'action', action, 'until', input -> 'until',
    'deleted', nullif((input ->> 'delete')::boolean, false), 'note', input -> 'note')));
  return jsonb_build_object('room', r.id, 'results', results, 'tell', report_readers(p));
end
$$;

-- Rooms of which nothing goes, whatever their retention says.
create table legal_holds (
  room text primary key references rooms (id),
  author text not null references users (id),
  at timestamptz not null default now(),
  reason text
);

-- How long rooms keep what is said that say nothing of it themselves; as the hub's settings have it.
create table retention_default (
  one boolean primary key default true check (one),
  days integer
);

-- For how many days a room keeps what is said in it; null: for ever.
create function kept_days(r rooms) returns integer language sql stable as $$
  select case when exists (select from legal_holds where room = r.id) then null
    else coalesce(r.retention_days, (select days from retention_default)) end
$$;

-- As in 0014, with the default and holds.
create or replace function may_have(f files, r rooms, m members) returns boolean language sql stable as $$
  select f.state <> 'gone' and m.user_id is not null and case
    when f.message is null then f.owner = m.user_id
    else f.seq >= first_readable(r, m) and coalesce(f.shared_at >= now() - make_interval(days => kept_days(r)), true)
  end
$$;

-- As in 0014, with the default and holds.
create or replace function expire_files(input jsonb) returns jsonb language plpgsql as $$
declare
  expired integer;
begin
  with old as (
    select f.id from files f
    where f.message is null and f.state <> 'gone' and f.begun_at < now() - make_interval(secs => (input ->> 'hours')::float * 3600)
      and coalesce(f.whole_at, f.begun_at) < now() - make_interval(secs => (input ->> 'hours')::float * 3600)
      and not exists (select from file_locks l where l.file = f.id and l.until > clock_timestamp())
    limit (input ->> 'limit')::integer for update skip locked
  ), keeping as materialized (
    select id, days from (select r.id, kept_days(r) as days from rooms r) as k where days is not null
  ), unkept as (
    select f.id from keeping k join files f on f.room = k.id
    where f.message is not null and f.state <> 'gone' and f.shared_at < now() - make_interval(days => k.days)
    limit (input ->> 'limit')::integer for update of f skip locked
  )
  update files set state = 'gone' where id in (select id from old union all select id from unkept);
  get diagnostics expired = row_count;
  return jsonb_build_object('expired', expired);
end
$$;

-- Rooms that do not keep everything, and the default as it is from now on. input: {days | null}; answer: {rooms: [id]}
create function retention_rooms(input jsonb) returns jsonb language plpgsql as $$
begin
  insert into retention_default (days) values ((input ->> 'days')::integer)
    on conflict (one) do update set days = excluded.days where retention_default.days is distinct from excluded.days;
  return jsonb_build_object('rooms', coalesce((select jsonb_agg(id order by id) from (
    select r.id, kept_days(r) as days from rooms r) as k where days is not null), '[]'));
end
$$;

-- Takes what a room no longer keeps out of its log and everything made of it, as if it were deleted: an entry for each, by nobody who can sign in, so
-- that every copy of the log comes to the same (I10). Looks at so many messages after a place, and takes so many at most.
-- input: {room, after, window, limit}; answer: {events, epoch?, next?}, `next`: go on after there
create function expire_messages(input jsonb) returns jsonb language plpgsql as $$
declare
  r rooms;
  old uuid[];
  one uuid;
  cutoff timestamptz;
  next bigint;
  looked integer;
  now_ms constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  d draft;
  outcome jsonb;
  entry events;
  written jsonb := '[]';
begin
  select * into r from rooms where id = input ->> 'room';
  cutoff := now() - make_interval(days => kept_days(r));
  if cutoff is null then
    return '{"events": []}';
  end if;
  with page as materialized (
    select seq, id, at from messages where room = r.id and deleted_at is null and seq > (input ->> 'after')::bigint
    order by seq limit (input ->> 'window')::integer
  ), gone as materialized (
    select seq, id from page where at < cutoff order by seq limit (input ->> 'limit')::integer
  )
  select array(select id from gone order by seq), (select count(*) from page),
      case when (select count(*) from gone) = (input ->> 'limit')::integer then (select max(seq) from gone) else (select max(seq) from page) end
    into old, looked, next;
  if looked < (input ->> 'window')::integer and cardinality(old) < (input ->> 'limit')::integer then
    next := null;
  end if;
  if cardinality(old) > 0 then
    select * into r from rooms where id = r.id for update;
    -- A hold, or a longer time, that came meanwhile.
    if now() - make_interval(days => kept_days(r)) is distinct from cutoff then
      return jsonb_strip_nulls(jsonb_build_object('events', written, 'next', (input ->> 'after')::bigint));
    end if;
    perform known_person('{"id": "first-court", "name": "First Court", "role": "bot"}');
    foreach one in array old loop
      d := row (r.id, 'first-court', gen_random_uuid(), 'message.deleted', true, null, now_ms, one, '{"expired": true}'::jsonb);
      outcome := apply_change(r, d, null);
      continue when outcome ? 'refusal';
      insert into events (room, seq, id, type, at, author, target, data)
        values (r.id, r.head + 1, d.id, d.type, d.at, d.author, d.target, outcome -> 'data')
        returning * into entry;
      r.head := r.head + 1;
      written := written || jsonb_build_array(event_json(entry));
    end loop;
    update rooms set head = r.head where id = r.id;
    delete from dead_letters where room = r.id and seq in (select seq from messages where room = r.id and id = any (old));
    delete from notices where room = r.id and message = any (old);
    update reports set text = null where room = r.id and message = any (old);
    perform outbox_cancel(jsonb_build_object('reason', 'The room no longer keeps it.', 'prefixes', (
      select jsonb_agg(format('message:%s:%s:', key_part(r.id), id)) from unnest(old) as id)));
    delete from outbox o using (select format('message:%s:%s:', key_part(r.id), id) as prefix from unnest(old) as id) as p
      where o.key >= p.prefix collate "C" and o.key < (p.prefix || chr(1114111)) collate "C" and o.state <> 'waiting';
  end if;
  return jsonb_strip_nulls(jsonb_build_object('events', written, 'epoch', r.epoch, 'next', next));
end
$$;

-- input: {by, action, about}; answer: {}
create function note_record(input jsonb) returns jsonb language plpgsql as $$
begin
  perform audit_append(input ->> 'by', input ->> 'action', input -> 'about');
  return '{}';
end
$$;

-- Rooms that do not keep everything, or are held, or the one that is asked for; with what is due to go.
-- input: {room?, cursor?, limit}; answer: {error} | {default?, rooms: [{room, kind, days?, own, hold?: {by, at, reason?}, messages, files}], cursor?}
create function list_retention(input jsonb) returns jsonb language plpgsql stable as $$
declare
  found jsonb;
begin
  if input ? 'room' and not exists (select from rooms where id = input ->> 'room') then
    return jsonb_build_object('error', refusal('not_found', 'There is no such room.'));
  end if;
  with wanted as (
    select r.id, r.kind, kept_days(r) as days, r.retention_days is not null as own, h.room is not null as held,
      h.author, h.at, h.reason, row_number() over (order by r.id) as n
    from rooms r left join legal_holds h on h.room = r.id
    where case when input ? 'room' then r.id = input ->> 'room' else
      r.retention_days is not null or h.room is not null or (select days from retention_default) is not null end
      and r.id > coalesce(input ->> 'cursor', '')
    order by r.id limit (input ->> 'limit')::integer + 1
  ), shown as (
    select w.*, now() - make_interval(days => w.days) as cutoff from wanted w where n <= (input ->> 'limit')::integer
  )
  select jsonb_build_object('rooms', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'room', s.id, 'kind', s.kind, 'days', s.days, 'own', s.own,
      'hold', case when s.held then jsonb_build_object('by', s.author, 'at', iso(s.at), 'reason', s.reason) end,
      'messages', (select count(*) from messages x where x.room = s.id and x.deleted_at is null and x.at < s.cutoff),
      'files', (select count(*) from files f where f.room = s.id and f.message is not null and f.state <> 'gone' and f.shared_at < s.cutoff)
    )) order by s.id), '[]'))
    || case when (select count(*) from wanted) > (input ->> 'limit')::integer then jsonb_build_object('cursor', max(s.id)) else '{}' end
    into found from shown s;
  return found || jsonb_strip_nulls(jsonb_build_object('default', (select days from retention_default)));
end
$$;

-- input: {room, on, reason?, by}; answer: {error} | {}
create function hold_room(input jsonb) returns jsonb language plpgsql as $$
declare
  r rooms;
begin
  -- Whoever sweeps has this lock, too: from here on nothing goes.
  select * into r from rooms where id = input ->> 'room' for update;
  if r.id is null then
    return jsonb_build_object('error', refusal('not_found', 'There is no such room.'));
  end if;
  if (input ->> 'on')::boolean then
    insert into legal_holds (room, author, reason) values (r.id, input ->> 'by', input ->> 'reason')
      on conflict (room) do update set reason = coalesce(excluded.reason, legal_holds.reason);
  else
    delete from legal_holds where room = r.id;
  end if;
  perform audit_append(input ->> 'by', case when (input ->> 'on')::boolean then 'hold.set' else 'hold.lifted' end,
    jsonb_strip_nulls(jsonb_build_object('room', r.id, 'reason', input -> 'reason')));
  return '{}';
end
$$;

-- A legal export begins: who asks is written down before a word is read, with the rooms that only their members can read.
-- input: {by, rooms?: [id], users?: [id], from?, until?, files}, neither rooms nor users: all
-- answer: {error} | {at, rooms: [{head, epoch, ...room}]}
create function legal_begin(input jsonb) returns jsonb language plpgsql as $$
declare
  wanted constant text[] := case when input ? 'rooms' then array(select jsonb_array_elements_text(input -> 'rooms')) end;
  custodians constant text[] := case when input ? 'users' then array(select jsonb_array_elements_text(input -> 'users')) end;
  stranger text;
  chosen jsonb;
begin
  if not exists (select from users where id = input ->> 'by' and role = 'admin' and disabled_at is null) then
    return jsonb_build_object('error', refusal('forbidden', format('"%s" is no administrator of this hub.', input ->> 'by')));
  end if;
  select x into stranger from unnest(wanted) as x where not exists (select from rooms where id = x) limit 1;
  if stranger is not null then
    return jsonb_build_object('error', refusal('not_found', format('There is no room "%s".', stranger)));
  end if;
  select x into stranger from unnest(custodians) as x where not exists (select from users where id = x) limit 1;
  if stranger is not null then
    return jsonb_build_object('error', refusal('not_found', format('There is no user "%s".', stranger)));
  end if;
  select coalesce(jsonb_agg(room_json(r) order by r.id), '[]') into chosen from rooms r
  where (wanted is null or r.id = any (wanted))
    and (custodians is null or r.id in (
      select room from members where user_id = any (custodians)
      union select room from messages where author = any (custodians)
      union select x.id from rooms x cross join unnest(custodians) as who where exists (
        select from events e where e.room = x.id and e.type in ('member.joined', 'member.left', 'member.removed') and e.data ->> 'user' = who)));
  perform audit_append(input ->> 'by', 'legal.exported', jsonb_strip_nulls(jsonb_build_object(
    'rooms', (select coalesce(jsonb_agg(value -> 'id'), '[]') from jsonb_array_elements(chosen)),
    'private', (select coalesce(jsonb_agg(value -> 'id'), '[]') from jsonb_array_elements(chosen) where value ->> 'kind' <> 'public'),
    'users', input -> 'users', 'from', input -> 'from', 'until', input -> 'until', 'files', input -> 'files')));
  return jsonb_build_object('at', iso(date_trunc('milliseconds', clock_timestamp())), 'rooms', chosen);
end
$$;

-- input: {room, after, head, limit, users?, from?, until?}; answer: {events, last}, `last`: go on after there; null: that was all
create function legal_events(input jsonb) returns jsonb language sql stable as $$
  with page as (
    select * from events where room = input ->> 'room' and seq > (input ->> 'after')::bigint and seq <= (input ->> 'head')::bigint
    order by seq limit (input ->> 'limit')::integer
  )
  select jsonb_build_object('last', max(e.seq), 'events', coalesce(jsonb_agg(event_json(row (e.*)::events) order by e.seq) filter (where
      (not input ? 'users' or input -> 'users' ? e.author or input -> 'users' ? (e.data ->> 'user'))
      and (not input ? 'from' or e.at >= (input ->> 'from')::timestamptz)
      and (not input ? 'until' or e.at < (input ->> 'until')::timestamptz)), '[]'))
  from page e
$$;

-- input: {room, users?}; answer: {members: [{user, role, sinceSeq, readSeq, mutedUntil?}], bans: [{user, until?, reason?, at?, by?}]}
create function legal_members(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'members', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('user', user_id, 'role', role, 'sinceSeq', since_seq,
        'readSeq', read_seq, 'mutedUntil', case when muted_until = 'infinity' then 'infinity' else iso(muted_until) end)) order by user_id collate "C"), '[]')
      from members where room = input ->> 'room' and (not input ? 'users' or input -> 'users' ? user_id)),
    'bans', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'user', user_id, 'until', iso(until), 'reason', reason, 'at', iso(at), 'by', author)) order by user_id collate "C"), '[]')
      from bans where room = input ->> 'room' and (not input ? 'users' or input -> 'users' ? user_id)))
$$;

-- input: {ids}; answer: {people: [{id, name, role, email?}]}
create function legal_people(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('people', coalesce(jsonb_agg(user_json(u) - 'disabled' order by id collate "C"), '[]'))
  from users u where id in (select jsonb_array_elements_text(input -> 'ids'))
$$;

-- Of these files those whose bytes are there. input: {ids}; answer: {files: [{id, inline, text}]}
create function legal_files(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('files', coalesce(jsonb_agg(jsonb_build_object('id', id, 'inline', inline, 'text', has_text) order by id), '[]'))
  from files where state = 'ready' and id in (select value::uuid from jsonb_array_elements_text(input -> 'ids'))
$$;

-- Lines of the audit log, or those about these rooms and by and about these people. input: {after, limit, rooms?, users?}; answer: {lines, last}
create function legal_audit(input jsonb) returns jsonb language sql stable as $$
  with page as (
    select * from audit where n > (input ->> 'after')::bigint order by n limit (input ->> 'limit')::integer
  )
  select jsonb_build_object('last', max(n), 'lines', coalesce(jsonb_agg(jsonb_build_object('n', n, 'at', iso(at), 'by', author,
      'action', action, 'about', about, 'hash', encode(hash, 'hex')) order by n) filter (where
        (not input ? 'rooms' and not input ? 'users') or input -> 'rooms' ? (about ->> 'room') or about -> 'rooms' ?| array(
          select jsonb_array_elements_text(input -> 'rooms'))
        or input -> 'users' ? author or input -> 'users' ? (about ->> 'user')), '[]'))
  from page
$$;

-- Logs that are taken in, so that one that was cut off goes on where it stopped.
create table legal_imports (
  room text primary key references rooms (id),
  -- of the log, in hex
  sha256 text not null,
  done boolean not null default false
);

-- Of these rooms those that are there already, and not from taking in the same log. input: {rooms: [{id, sha256}]}; answer: {taken: [id]}
create function legal_check(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('taken', coalesce(jsonb_agg(r.id order by r.id), '[]'))
  from jsonb_to_recordset(input -> 'rooms') as w (id text, sha256 text) join rooms r on r.id = w.id
  where not exists (select from legal_imports i where i.room = w.id and i.sha256 = w.sha256)
$$;

-- Makes a room that nobody can see yet. input: {room: {id, createdAt, createdBy}, sha256}
-- answer: {error} | {after} | {done: true} when this log was taken in whole before
create function legal_room(input jsonb) returns jsonb language plpgsql as $$
declare
  known legal_imports;
  wanted constant text := input #>> '{room,id}';
begin
  select * into known from legal_imports where room = wanted;
  if known.room is null then
    insert into rooms (id, title, kind, created_at, created_by, epoch, head)
      values (wanted, wanted, 'private', (input #>> '{room,createdAt}')::timestamptz, input #>> '{room,createdBy}',
        substr(gen_random_uuid()::text, 1, 8), 0)
      on conflict (id) do nothing;
    if not found then
      return jsonb_build_object('error', refusal('conflict', format('There is a room "%s" already.', wanted)));
    end if;
    insert into legal_imports (room, sha256) values (wanted, input ->> 'sha256');
    return '{"after": 0}';
  elsif known.sha256 <> input ->> 'sha256' then
    return jsonb_build_object('error', refusal('conflict', format('There is a room "%s" already, with another log.', wanted)));
  elsif known.done then
    return '{"done": true}';
  end if;
  return (select jsonb_build_object('after', head) from rooms where id = wanted);
end
$$;

-- The next entries of such a log, as they stand in it, and what the messages are after them (I10).
-- input: {room, events}; answer: {error} | {head}
create function legal_entries(input jsonb) returns jsonb language plpgsql as $$
declare
  r rooms;
  e record;
  about uuid;
  named text[];
begin
  select x.* into r from rooms x join legal_imports i on i.room = x.id and not i.done where x.id = input ->> 'room' for update of x;
  if r.id is null then
    return jsonb_build_object('error', refusal('not_found', 'No log is being taken in here.'));
  end if;
  for e in
    select x.seq, x.id, x.type, x.at, x."by" as author, x.data
    from jsonb_to_recordset(input -> 'events') as x (seq bigint, id uuid, type text, at timestamptz, "by" text, data jsonb) order by x.seq
  loop
    if e.seq <> r.head + 1 then
      return jsonb_build_object('error', refusal('bad_request', format('Entry %s does not follow entry %s.', e.seq, r.head)));
    end if;
    about := coalesce(e.data ->> 'target', case when e.type = 'file.shared' then e.data ->> 'message' end)::uuid;
    named := case when jsonb_typeof(e.data -> 'mentions') = 'array' then array(select jsonb_array_elements_text(e.data -> 'mentions')) end;
    insert into events (room, seq, id, type, at, author, target, data) values (r.id, e.seq, e.id, e.type, e.at, e.author, about, e.data);
    r.head := e.seq;
    case e.type
      when 'message.created' then
        insert into messages (room, seq, id, at, author, text, reply_to, root, meta, files, mentions)
          values (r.id, e.seq, e.id, e.at, e.author, e.data ->> 'text', (e.data ->> 'replyTo')::uuid, (e.data ->> 'root')::uuid,
            e.data -> 'meta', e.data -> 'files', named);
        perform set_mentions(r, e.seq, e.author, named);
        update messages set replies = replies + 1, last_reply = e.seq where room = r.id and id = (e.data ->> 'root')::uuid;
      when 'summary.posted' then
        insert into messages (room, seq, id, at, author, text, summary)
          values (r.id, e.seq, e.id, e.at, e.author, e.data ->> 'text', case when e.data ? 'claims' then e.data - 'text' end);
      when 'message.edited' then
        update messages set text = e.data ->> 'text', mentions = named, edited_at = e.at where room = r.id and id = about;
        perform set_mentions(r, x.seq, x.author, named) from messages x where x.room = r.id and x.id = about;
      when 'message.deleted' then
        delete from reactions where room = r.id and message = about;
        delete from mentions where room = r.id and seq = (select x.seq from messages x where x.room = r.id and x.id = about);
        update messages
          set text = '', mentions = null, meta = null, files = null, edited_at = null, pinned = false, deleted_at = e.at
          where room = r.id and id = about;
      when 'message.pinned' then
        update messages set pinned = (e.data ->> 'on')::boolean where room = r.id and id = about;
      when 'reaction.added' then
        insert into reactions (room, message, emoji, user_id, seq, place)
          select r.id, about, e.data ->> 'emoji', e.author, e.seq, coalesce(min(x.place), e.seq)
          from reactions x where x.room = r.id and x.message = about and x.emoji = e.data ->> 'emoji'
          on conflict do nothing;
      when 'reaction.removed' then
        delete from reactions where room = r.id and message = about and emoji = e.data ->> 'emoji' and user_id = e.author;
      else null;
    end case;
  end loop;
  update rooms set head = r.head where id = r.id;
  return jsonb_build_object('head', r.head);
end
$$;

-- The log is whole: the room is as it was, with its people. input: {room: {id, title, kind, topic?, ai, retentionDays?, archived}, members, bans}
-- answer: {error} | {}
create function legal_close(input jsonb) returns jsonb language plpgsql as $$
declare
  wanted constant jsonb := input -> 'room';
begin
  update legal_imports set done = true where room = wanted ->> 'id' and not done;
  if not found then
    return jsonb_build_object('error', refusal('not_found', 'No log is being taken in here.'));
  end if;
  update rooms set title = wanted ->> 'title', kind = wanted ->> 'kind', topic = wanted ->> 'topic', ai = (wanted ->> 'ai')::boolean,
      retention_days = (wanted ->> 'retentionDays')::integer, archived = (wanted ->> 'archived')::boolean
    where id = wanted ->> 'id';
  insert into members (room, user_id, role, since_seq, read_seq, muted_until)
    select wanted ->> 'id', m."user", m.role, m."sinceSeq", m."readSeq", m."mutedUntil"
    from jsonb_to_recordset(input -> 'members') as m ("user" text, role text, "sinceSeq" bigint, "readSeq" bigint, "mutedUntil" timestamptz)
    on conflict do nothing;
  insert into bans (room, user_id, until, reason, at, author)
    select wanted ->> 'id', b."user", b.until, b.reason, b.at, b.by
    from jsonb_to_recordset(input -> 'bans') as b ("user" text, until timestamptz, reason text, at timestamptz, by text)
    on conflict do nothing;
  return '{}';
end
$$;

-- Somebody who is in such a log; who is known here stays as they are. The hub itself, who takes out what is too old, can never sign in.
-- input: {id, name, role, email?}; answer: {fresh}
create function known_person(input jsonb) returns jsonb language plpgsql as $$
begin
  insert into users (id, name, role, email, disabled_at)
    values (input ->> 'id', input ->> 'name', input ->> 'role',
      (select lower(input ->> 'email') where not exists (select from users where email = lower(input ->> 'email'))),
      case when input ->> 'id' = 'first-court' then now() end)
    on conflict do nothing;
  return jsonb_build_object('fresh', found);
end
$$;

-- A file whose bytes lie in the storage. input: {room, file: {id, name, size, type, width?, height?, preview?}, by, message, seq, place, at, inline, text}
-- answer: {fresh}
create function legal_file(input jsonb) returns jsonb language plpgsql as $$
declare
  f constant jsonb := input -> 'file';
begin
  insert into files (id, room, owner, name, size, state, type, width, height, preview, has_text, inline, whole_at, message, seq, place, shared_at)
    select (f ->> 'id')::uuid, m.room, input ->> 'by', f ->> 'name', (f ->> 'size')::bigint, 'ready', f ->> 'type', (f ->> 'width')::integer,
      (f ->> 'height')::integer, coalesce((f ->> 'preview')::boolean, false), (input ->> 'text')::boolean, (input ->> 'inline')::boolean, now(),
      m.id, m.seq, (input ->> 'place')::integer, (input ->> 'at')::timestamptz
    from messages m where m.room = input ->> 'room' and m.id = (input ->> 'message')::uuid and m.deleted_at is null
    on conflict do nothing;
  return jsonb_build_object('fresh', found);
end
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 23}'::jsonb $$;
select seal(
  array['reports', 'report_voices', 'legal_holds', 'retention_default', 'legal_imports'],
  array[
    'report_view', 'report_readers', 'send_report', 'list_reports', 'settle_report', 'kept_days', 'may_have', 'expire_files', 'retention_rooms',
    'expire_messages', 'note_record', 'list_retention', 'hold_room', 'legal_begin', 'legal_events', 'legal_members', 'legal_people', 'legal_files',
    'legal_audit', 'legal_check', 'legal_room', 'legal_entries', 'legal_close', 'known_person', 'legal_file', 'schema_version'
  ]
);
