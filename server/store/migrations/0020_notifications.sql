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
  -- as exact as it is told, so that a page goes on where the one before ended
  at timestamptz not null default date_trunc('milliseconds', now()),
  settled_at timestamptz,
  primary key (room, message, user_id)
);
create index notices_by_user on notices (user_id, at desc);
create index notices_ripening on notices (at) where verdict = 'waiting';
create index notices_waiting on notices (user_id, at) where verdict = 'waiting';
create index notices_settled on notices (settled_at) where settled_at is not null;

-- How far each log has been looked through. It goes along with a backup: after a restore it stands where the restored log does.
create table notice_cursors (
  room text primary key references rooms (id),
  seq bigint not null
);
-- What was said before there were notices is told to nobody.
insert into notice_cursors (room, seq) select id, head from rooms;

-- What people wish; who has no row wishes nothing special. Whether they want e-mail and pushes at all stands in `unsubscribed`.
create table notice_wishes (
  user_id text primary key references users (id),
  -- words in a message that make it theirs
  keywords text[] not null default '{}',
  -- hours of each day without a word: {from, to, zone}
  quiet jsonb,
  -- an SMS may cost somebody something, so it has to be asked for
  sms boolean not null default false
);
create index notice_keywords on notice_wishes (user_id) where keywords <> '{}';

-- Where no row is, direct rooms tell all and others what is meant for one.
create table notice_levels (
  room text not null references rooms (id),
  user_id text not null references users (id),
  level text not null check (level in ('all', 'mentions', 'nothing')),
  until timestamptz,
  primary key (room, user_id)
);

-- Who follows a thread without having written in it, or does not though they have.
create table thread_follows (
  room text not null references rooms (id),
  root uuid not null,
  user_id text not null references users (id),
  follows boolean not null,
  primary key (room, root, user_id)
);

create function notice_level(r rooms, whom text) returns text language sql stable as $$
  select coalesce(
    (select level from notice_levels where room = r.id and user_id = whom and coalesce(until, 'infinity') > now()),
    case when r.kind = 'direct' then 'all' else 'mentions' end)
$$;

-- Those for whom a thread is theirs.
create function thread_people(room_id text, root_id uuid, before bigint) returns setof text language sql stable as $$
  (select author from messages where room = room_id and root = root_id and seq < before
    union select author from messages where room = room_id and id = root_id
    union select user_id from thread_follows where room = room_id and root = root_id and follows)
  except select user_id from thread_follows where room = room_id and root = root_id and not follows
$$;

-- How a message stands for somebody now; no row where it is gone altogether.
create function notice_standing(room_id text, message_id uuid, whom text)
returns table (may_read boolean, deleted boolean, seen boolean) language sql stable as $$
  select m.user_id is not null and x.seq >= first_readable(r, m), x.deleted_at is not null, coalesce(m.read_seq >= x.seq, false)
  from messages x join rooms r on r.id = x.room left join members m on m.room = x.room and m.user_id = whom
  where x.room = room_id and x.id = message_id
$$;

-- What the logs have grown by, and whom it may concern: all that speaks for each person, and for keywords the words that may stand in the text.
-- Of messages older than `ageSeconds` (an import, a hub that was long away) nobody is told.
-- input: {limit, ageSeconds}
-- answer: {found: [{room, message, seq, by, user, reasons, words?}], texts: {message: text}, cursors: [{room, seq}], more}
create function notices_gather(input jsonb) returns jsonb language sql stable as $$
  with behind as (
    select r.id, coalesce(c.seq, 0) as after
    from rooms r left join notice_cursors c on c.room = r.id
    where r.head > coalesce(c.seq, 0)
    order by r.id limit (input ->> 'limit')::integer
  ), entries as materialized (
    select b.id as room, e.seq, e.type, e.target, e.data
    from behind b cross join lateral (
      select * from events e where e.room = b.id and e.seq > b.after order by e.seq limit (input ->> 'limit')::integer) e
    order by b.id, e.seq limit (input ->> 'limit')::integer
  ), touched as (
    select room, seq, true as fresh from entries where type = 'message.created'
    union all
    -- who is named only now is told as well
    select e.room, x.seq, false from entries e join messages x on x.room = e.room and x.id = e.target
      where e.type = 'message.edited' and e.data ? 'mentions'
  ), said as materialized (
    select x.room, x.seq, x.id, x.author, x.text, x.root, r.kind, bool_or(t.fresh) as fresh
    from touched t join messages x on x.room = t.room and x.seq = t.seq join rooms r on r.id = x.room
    where x.deleted_at is null and x.at > now() - make_interval(secs => (input ->> 'ageSeconds')::float)
    group by x.room, x.seq, r.id
  ), concerned as (
    select s.room, s.seq, m.user_id, 'mention' as reason, null::text[] as words
      from said s join mentions m on m.room = s.room and m.seq = s.seq
    union all
    select s.room, s.seq, m.user_id, 'direct', null from said s join members m on m.room = s.room where s.fresh and s.kind = 'direct'
    union all
    select s.room, s.seq, p, 'thread', null
      from said s cross join lateral thread_people(s.room, s.root, s.seq) as p where s.fresh and s.root is not null
    union all
    select s.room, s.seq, l.user_id, 'room', null
      from said s join notice_levels l on l.room = s.room and l.level = 'all' and coalesce(l.until, 'infinity') > now() where s.fresh
    union all
    select s.room, s.seq, m.user_id, 'keyword', k.words
      from said s join members m on m.room = s.room join notice_wishes w on w.user_id = m.user_id and w.keywords <> '{}'
      cross join lateral (
        select array_agg(word) as words from unnest(w.keywords) as word where strpos(lower(s.text), lower(word)) > 0) as k
      where s.fresh and k.words is not null
  ), found as (
    select s.room, s.id, s.seq, s.author, c.user_id, array_agg(c.reason) as reasons, max(c.words) as words
    from concerned c join said s on s.room = c.room and s.seq = c.seq
      join rooms r on r.id = c.room join members m on m.room = c.room and m.user_id = c.user_id
    where c.seq >= first_readable(r, m)
    group by s.room, s.id, s.seq, s.author, c.user_id
  )
  select jsonb_build_object(
    'found', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('room', room, 'message', id, 'seq', seq, 'by', author,
      'user', user_id, 'reasons', to_jsonb(reasons), 'words', to_jsonb(words)))) from found), '[]'),
    'texts', coalesce((select jsonb_object_agg(s.id, s.text) from said s
      where exists (select from found f where f.room = s.room and f.seq = s.seq and f.words is not null)), '{}'),
    'cursors', coalesce((select jsonb_agg(jsonb_build_object('room', room, 'seq', reached)) from (
      select room, max(seq) as reached from entries group by room) as c), '[]'),
    'more', (select count(*) from entries) = (input ->> 'limit')::integer)
$$;

-- Writes down whom something concerns and how far the logs were looked through, in one step: who dies before it does it again, and two who do it
-- at once do it once (I14). input: {notices: [{room, message, seq, user, reason}], cursors: [{room, seq}]}; answer: {}
create function notices_add(input jsonb) returns jsonb language plpgsql as $$
begin
  insert into notices (room, message, user_id, seq, reason, verdict, rule)
    select room, message, "user", seq, reason, 'waiting', 'waiting'
    from jsonb_to_recordset(input -> 'notices') as n (room text, message uuid, seq bigint, "user" text, reason text)
    order by room, message, "user"
    on conflict do nothing;
  insert into notice_cursors as c (room, seq)
    select room, seq from jsonb_to_recordset(input -> 'cursors') as g (room text, seq bigint) order by room
    on conflict (room) do update set seq = greatest(c.seq, excluded.seq);
  return '{}';
end
$$;

-- Those for whom something has waited long enough, with all that waits for them, and everything there is to know about it now but for where
-- they are. `channels`: on which they can be reached and want to be; `addresses`: on which they could be.
-- input: {seconds, people, each}
-- answer: {people: [{user, bot, addresses, channels, quiet?, notices: [{room, title, kind, message, seq, reason, said, name?,
--   root?, level, mayRead, deleted, read, stands}]}]}, `said`: when; `name`: of who said it
create function notices_ripe(input jsonb) returns jsonb language sql stable as $$
  with due as (
    select user_id, min(at) as first from notices
    where verdict = 'waiting' and at <= now() - make_interval(secs => (input ->> 'seconds')::float)
    group by user_id order by min(at) limit (input ->> 'people')::integer
  ), ways as (
    select d.user_id, d.first, c.channel, case when c.channel = 'sms' then coalesce(w.sms, false) else true end
        and not exists (select from unsubscribed x where x.user_id = d.user_id and x.channel = c.channel and x.topic = 'message') as wanted
    from due d join users u on u.id = d.user_id and u.disabled_at is null left join notice_wishes w on w.user_id = d.user_id
    cross join lateral (
      select 'email' as channel where may_be_mailed(u, 'message')
      union all select 'push' where exists (select from push_devices p where p.user_id = u.id)
      union all select 'sms' where exists (select from phones t where t.user_id = u.id)) as c
  )
  select jsonb_build_object('people', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'user', d.user_id, 'bot', u.role = 'bot',
      'addresses', (select coalesce(jsonb_agg(channel), '[]') from ways y where y.user_id = d.user_id),
      'channels', (select coalesce(jsonb_agg(channel), '[]') from ways y where y.user_id = d.user_id and wanted),
      'quiet', w.quiet, 'notices', waiting.notices)) order by d.first), '[]'))
  from due d join users u on u.id = d.user_id left join notice_wishes w on w.user_id = d.user_id
  cross join lateral (
    select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'room', n.room, 'title', r.title, 'kind', r.kind, 'message', n.message, 'seq', n.seq, 'reason', n.reason,
      'said', iso(coalesce(x.at, n.at)), 'name', a.name, 'root', x.root, 'level', notice_level(r, n.user_id),
      'mayRead', coalesce(s.may_read, false), 'deleted', coalesce(s.deleted, true), 'read', coalesce(s.seen, false),
      'stands', case n.reason
        when 'mention' then exists (select from mentions m where m.room = n.room and m.user_id = n.user_id and m.seq = n.seq)
        when 'thread' then not exists (
          select from thread_follows f where f.room = n.room and f.root = x.root and f.user_id = n.user_id and not f.follows)
        else true end)) order by n.seq) as notices
    from (
      select * from notices where user_id = d.user_id and verdict = 'waiting' order by at, seq limit (input ->> 'each')::integer
    ) as n join rooms r on r.id = n.room
      left join messages x on x.room = n.room and x.id = n.message left join users a on a.id = x.author
      left join lateral notice_standing(n.room, n.message, n.user_id) as s on true
  ) as waiting
$$;

-- What was decided, and what is to be sent for it, in one step. Only what still waited is decided by this, so that of two who judge at once one does.
-- input: {decisions: [{room, message, user, verdict, rule}], items: as of outbox_put, each with `about: {room, message}` in its payload}; answer: {put}
create function notices_settle(input jsonb) returns jsonb language plpgsql as $$
declare
  leaving jsonb;
  written jsonb;
begin
  perform 1 from notices where (room, message, user_id) in (
      select value ->> 'room', (value ->> 'message')::uuid, value ->> 'user' from jsonb_array_elements(input -> 'decisions'))
    order by room, message, user_id for update;
  with moved as (
    update notices n set verdict = d.verdict, rule = d.rule, settled_at = now()
    from jsonb_to_recordset(input -> 'decisions') as d (room text, message uuid, "user" text, verdict text, rule text)
    where n.room = d.room and n.message = d.message and n.user_id = d."user" and n.verdict = 'waiting'
    returning n.room, n.message, n.user_id, n.verdict
  )
  select coalesce(jsonb_agg(i.value), '[]') into leaving
    from jsonb_array_elements(input -> 'items') as i join moved m
      on m.verdict = 'notified' and m.user_id = i.value ->> 'user' and m.room = i.value #>> '{payload,about,room}'
        and m.message = (i.value #>> '{payload,about,message}')::uuid;
  written := outbox_put(jsonb_build_object('items', leaving));
  -- What waits there since earlier and was never handed over leaves with it: one mail, however long the way out was shut.
  with wanted as (
    select distinct value ->> 'user' as whom, value ->> 'channel' as channel, value ->> 'bundle' as bundle from jsonb_array_elements(leaving)
  ), earlier as (
    select o.key, w.bundle from wanted w join outbox o on o.user_id = w.whom and o.channel = w.channel
    where o.state = 'waiting' and o.topic = 'message' and o.attempts = 0 and o.held_until is null and o.bundle <> w.bundle
    order by o.key for update of o
  )
  update outbox o set bundle = e.bundle from earlier e where o.key = e.key;
  return written;
end
$$;

-- Takes back what is about to leave and does not stand any more: who was taken out of the room is told nothing of it (I9), and what was deleted or
-- read meanwhile is no news.
create function notices_withdraw(channels jsonb) returns void language plpgsql as $$
declare
  over jsonb;
begin
  with ready as (
    select key, bundle from outbox where state = 'waiting' and topic = 'message' and not_before <= now()
      and channel in (select jsonb_array_elements_text(channels)) and (held_until is null or held_until <= now())
  ), leaving as (
    select key from ready
    union
    select o.key from outbox o where o.state = 'waiting' and o.bundle in (select bundle from ready) and (o.held_until is null or o.held_until <= now())
  ), found as (
    select o.key, o.user_id, o.payload #>> '{about,room}' as room, (o.payload #>> '{about,message}')::uuid as message
    from outbox o where o.key in (select key from leaving) and o.payload ? 'about' order by o.key for update skip locked
  ), judged as (
    select f.*, case when not s.may_read then 'left' when coalesce(s.deleted, true) then 'deleted' when s.seen then 'read' end as rule
    from found f left join lateral notice_standing(f.room, f.message, f.user_id) as s on true
  ), taken as (
    update outbox o set state = 'cancelled', done_at = now(),
      last_error = case j.rule when 'left' then 'They may not read it any more.' when 'deleted' then 'It was deleted.' else 'It was read.' end
    from judged j where j.key = o.key and j.rule is not null
    returning j.room, j.message, j.user_id, j.rule
  )
  select jsonb_agg(distinct jsonb_build_object('room', room, 'message', message, 'user', user_id, 'rule', rule)) into over from taken;
  if over is null then
    return;
  end if;
  update notices n set verdict = 'cancelled', rule = o.rule, settled_at = now()
  from jsonb_to_recordset(over) as o (room text, message uuid, "user" text, rule text)
  where n.room = o.room and n.message = o.message and n.user_id = o."user" and n.verdict = 'notified'
    and not exists (select from notice_ways(n) as w where w.state in ('waiting', 'sent'));
end
$$;

-- By what somebody was or is to be told of it, as long as the outbox knows.
create function notice_ways(n notices) returns table (channel text, state text) language sql stable as $$
  select o.channel, o.state from outbox o
  where o.key >= format('message:%s:%s:%s:', key_part(n.room), n.message, key_part(n.user_id)) collate "C"
    and o.key < (format('message:%s:%s:%s:', key_part(n.room), n.message, key_part(n.user_id)) || chr(1114111)) collate "C"
$$;

-- The words of a message outside the hub: as they are when they leave, so that the outbox keeps none of them.
create function notice_text(x messages) returns text language sql immutable as $$
  select case
    when x.text ~ '\S' then left(x.text, 600) || case when length(x.text) > 600 then '…' else '' end
    when jsonb_array_length(x.files) = 1 then format('A file: %s', x.files #>> '{0,name}')
    when jsonb_array_length(x.files) > 1 then format('%s files', jsonb_array_length(x.files))
    else '' end
$$;

-- As outbox_claim, of what still may leave, and with the words of messages. input and answer: as of outbox_claim
create function outbox_take(input jsonb) returns jsonb language plpgsql as $$
declare
  claimed jsonb;
begin
  perform notices_withdraw(input -> 'channels');
  claimed := outbox_claim(input);
  return jsonb_build_object('items', coalesce((
    select jsonb_agg(case when x.id is null then i.value else jsonb_set(i.value, '{payload,text}', to_jsonb(notice_text(x))) end order by i.n)
    from jsonb_array_elements(claimed -> 'items') with ordinality as i (value, n)
      left join messages x on x.room = i.value #>> '{payload,about,room}' and x.id = (i.value #>> '{payload,about,message}')::uuid), '[]'));
end
$$;

-- Forgets what was decided a month ago. input: {}; answer: {swept}
create function notices_sweep(input jsonb) returns jsonb language plpgsql as $$
declare
  gone integer;
begin
  delete from notices where settled_at < now() - interval '30 days';
  get diagnostics gone = row_count;
  return jsonb_build_object('swept', gone);
end
$$;

-- input: {user}; answer: {channels: {email, push, sms: {on, address}}, keywords, quiet, rooms: [{room, level, until?}]}
create function notices_wishes(input jsonb) returns jsonb language sql stable as $$
  with own as (
    select u.id, may_be_mailed(u, 'message') as mailed, w.keywords, w.quiet, coalesce(w.sms, false) as sms
    from users u left join notice_wishes w on w.user_id = u.id where u.id = input ->> 'user'
  ), ways as (
    select 'email' as channel, true as wanted, mailed as address from own
    union all select 'push', true, exists (select from push_devices where user_id = own.id) from own
    union all select 'sms', sms, exists (select from phones where user_id = own.id) from own
  )
  select jsonb_build_object(
    'channels', (select jsonb_object_agg(channel, jsonb_build_object('address', address, 'on', wanted and not exists (
      select from unsubscribed x where x.user_id = own.id and x.channel = ways.channel and x.topic = 'message'))) from ways),
    'keywords', to_jsonb(coalesce(own.keywords, '{}')), 'quiet', own.quiet,
    'rooms', coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('room', l.room, 'level', l.level, 'until', iso(l.until))) order by l.room)
      from notice_levels l join members m on m.room = l.room and m.user_id = l.user_id
      where l.user_id = own.id and coalesce(l.until, 'infinity') > now()), '[]'))
  from own
$$;

-- What is left out stays. input: {user, channels?: {email?, push?, sms?}, keywords?, quiet?: {from, to, zone} | null}; answer: {}
create function notices_wish(input jsonb) returns jsonb language plpgsql as $$
begin
  insert into notice_wishes as w (user_id, keywords, quiet, sms)
    values (input ->> 'user', array(select jsonb_array_elements_text(input -> 'keywords')), nullif(input -> 'quiet', 'null'),
      coalesce((input #>> '{channels,sms}')::boolean, false))
    on conflict (user_id) do update set
      keywords = case when input ? 'keywords' then excluded.keywords else w.keywords end,
      quiet = case when input ? 'quiet' then excluded.quiet else w.quiet end,
      sms = case when input #> '{channels,sms}' is not null then excluded.sms else w.sms end;
  perform contact_subscribe(jsonb_build_object('user', input -> 'user', 'channel', c.key, 'topic', 'message', 'on', c.value))
    from jsonb_each(input -> 'channels') as c;
  return '{}';
end
$$;

-- Of how much in a room somebody is told; level null: as where nothing was said. input: {room, user, admin, level, until?}; answer: {} | {error}
create function notices_level(input jsonb) returns jsonb language plpgsql as $$
declare
  a record;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  elsif input ->> 'level' is null then
    delete from notice_levels where room = (a.r).id and user_id = input ->> 'user';
  else
    insert into notice_levels (room, user_id, level, until)
      values ((a.r).id, input ->> 'user', input ->> 'level', (input ->> 'until')::timestamptz)
      on conflict (room, user_id) do update set level = excluded.level, until = excluded.until;
  end if;
  return '{}';
end
$$;

-- Follows a thread, named by any message in it, or does not; without `on` only tells. input: {room, user, admin, thread, on?}
-- answer: {following} | {error}
create function notices_thread(input jsonb) returns jsonb language plpgsql as $$
declare
  a record;
  said messages;
  root_id uuid;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  select * into said from messages where room = (a.r).id and id = (input ->> 'thread')::uuid;
  if said.id is null or said.seq < first_readable(a.r, a.m) then
    return jsonb_build_object('error', refusal('not_found', 'There is no such message in this room.'));
  end if;
  root_id := coalesce(said.root, said.id);
  if input ? 'on' then
    insert into thread_follows (room, root, user_id, follows) values ((a.r).id, root_id, input ->> 'user', (input ->> 'on')::boolean)
      on conflict (room, root, user_id) do update set follows = excluded.follows;
  end if;
  return jsonb_build_object('following', exists (
    select from thread_people((a.r).id, root_id, 9223372036854775807) as p where p = input ->> 'user'));
end
$$;

-- One's own, the newest first; with who and what only where one may still read it. `before`: the cursor of the last page
-- input: {user, before?: {at, seq, message}, limit}
-- answer: {notices: [{room, message, seq, reason, verdict, rule, at, settledAt?, ways, title?, by?, name?, text?}], cursor?}
create function notices_list(input jsonb) returns jsonb language sql stable as $$
  with page as (
    select n.*, row_number() over (order by n.at desc, n.seq desc, n.message desc) as place
    from notices n
    where n.user_id = input ->> 'user' and (not input ? 'before'
      or (n.at, n.seq, n.message) < ((input #>> '{before,at}')::timestamptz, (input #>> '{before,seq}')::bigint, (input #>> '{before,message}')::uuid))
    order by n.at desc, n.seq desc, n.message desc limit (input ->> 'limit')::integer + 1
  ), shown as (
    select p.*, jsonb_strip_nulls(jsonb_build_object(
      'room', p.room, 'message', p.message, 'seq', p.seq, 'reason', p.reason, 'verdict', p.verdict, 'rule', p.rule,
      'at', iso(p.at), 'settledAt', iso(p.settled_at),
      'ways', (select coalesce(jsonb_agg(distinct jsonb_build_object('channel', w.channel, 'state', w.state)), '[]')
        from notices n cross join lateral notice_ways(n) as w
        where n.room = p.room and n.message = p.message and n.user_id = p.user_id)))
      || case when s.may_read and not s.deleted
           then jsonb_strip_nulls(jsonb_build_object('title', r.title, 'by', x.author, 'name', a.name, 'text', left(x.text, 200), 'root', x.root))
           else '{}' end as notice
    from page p left join lateral notice_standing(p.room, p.message, p.user_id) as s on true
      left join rooms r on r.id = p.room left join messages x on x.room = p.room and x.id = p.message left join users a on a.id = x.author
    where p.place <= (input ->> 'limit')::integer
  )
  select jsonb_build_object('notices', coalesce((select jsonb_agg(notice order by place) from shown), '[]'))
    || case when (select count(*) from page) > (input ->> 'limit')::integer
         then (select jsonb_build_object('cursor', jsonb_build_object('at', iso(at), 'seq', seq, 'message', message)) from shown order by place desc limit 1)
         else '{}' end
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 20}'::jsonb $$;
select seal(
  array['notices', 'notice_cursors', 'notice_wishes', 'notice_levels', 'thread_follows'],
  array[
    'notice_level', 'thread_people', 'notice_standing', 'notices_gather', 'notices_add', 'notices_ripe', 'notices_settle', 'notices_withdraw',
    'notice_ways', 'notice_text', 'outbox_take', 'notices_sweep', 'notices_wishes', 'notices_wish', 'notices_level', 'notices_thread', 'notices_list',
    'schema_version'
  ]
);
