-- Reading: every function here decides by the membership it sees in the same snapshot as what it returns.

-- The room and the caller's membership, or why not. A private room that one is not in does not exist for one.
create function access(room_id text, reader text, admin boolean, out r rooms, out m members, out error jsonb)
language plpgsql stable as $$
begin
  select * into r from rooms where id = room_id;
  select * into m from members where room = room_id and user_id = reader;
  if r.id is null or (r.kind <> 'public' and m.user_id is null and not admin) then
    error := refusal('not_found', 'There is no such room.');
  elsif m.user_id is null then
    error := refusal('forbidden', 'Join the room first.');
  end if;
end
$$;

-- The first entry that this member may read: in a public room all, else from when this stay began.
create function first_readable(r rooms, m members) returns bigint language sql immutable as $$
  select case when r.kind = 'public' then 1 else m.since_seq end
$$;

create function events_page(room_id text, after bigint, page integer) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(event_json(e) order by e.seq), '[]')
  from (select * from events where room = room_id and seq > after order by seq limit page) as e
$$;

create function newest_messages(room_id text, floor bigint, page integer) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(message_json(m) order by m.seq), '[]')
  from (select * from messages where room = room_id and seq >= floor order by seq desc limit page) as m
$$;

-- input: {room, user, admin, after?: {epoch, seq}, page, reach, messages}
-- answer: {error} | {room} (not a member, might join) | {room, role, readSeq, recovered, events, more, messages?}
-- Recovery is given up where the reader is more than `reach` entries behind, or was away from a private room.
create function open_room(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  floor bigint;
  after bigint := (input #>> '{after,seq}')::bigint;
  opened jsonb;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null and not (a.error ->> 'code' = 'forbidden') then
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

-- For a node that begins to follow a room. input: {room}; answer: {epoch, head, members: [{user, name, role}]} or null
create function open_feed(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('epoch', r.epoch, 'head', r.head, 'members', coalesce((
    select jsonb_agg(jsonb_build_object('user', m.user_id, 'name', u.name, 'role', m.role) order by m.since_seq, m.user_id)
    from members m join users u on u.id = m.user_id where m.room = r.id), '[]'))
  from rooms r where r.id = input ->> 'room'
$$;

-- For a node that closes a gap. input: {room, after, page}; answer: {epoch, head, events}
create function feed_events(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('epoch', r.epoch, 'head', r.head,
    'events', events_page(r.id, (input ->> 'after')::bigint, (input ->> 'page')::integer))
  from rooms r where r.id = input ->> 'room'
$$;

-- input: {rooms: [id]}; answer: {id: {epoch, head}}
create function room_heads(input jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_object_agg(id, jsonb_build_object('epoch', epoch, 'head', head)), '{}')
  from rooms where id in (select jsonb_array_elements_text(input -> 'rooms'))
$$;

-- input: {room, user, admin, after, limit}; answer: {error} | {events, head, epoch}
create function read_events(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  return jsonb_build_object('head', (a.r).head, 'epoch', (a.r).epoch, 'events', events_page(
    (a.r).id, greatest((input ->> 'after')::bigint, first_readable(a.r, a.m) - 1), (input ->> 'limit')::integer));
end
$$;

-- input: {room, user, admin, before? | after? | around?, limit, thread?}; answer: {error} | {messages, head, epoch}
-- Messages in order; the newest page where no place is named. `thread` gives the replies below that message.
create function read_messages(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  floor bigint;
  thread uuid := (input ->> 'thread')::uuid;
  page integer := (input ->> 'limit')::integer;
  around bigint := (input ->> 'around')::bigint;
  -- `around` is a page whose older half ends with the message itself
  older bigint := coalesce((input ->> 'before')::bigint, around + 1, case when not input ? 'after' then 9e18::bigint end);
  newer bigint := coalesce((input ->> 'after')::bigint, around);
  older_page integer := case when around is null then page else (page + 1) / 2 end;
  newer_page integer := case when around is null then page else page / 2 end;
  found jsonb;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  floor := first_readable(a.r, a.m);
  select coalesce(jsonb_agg(message_json(row (page_of.*)::messages) order by page_of.seq), '[]') into found from (
    (select * from messages where room = (a.r).id and seq < older and seq >= floor and (thread is null or root = thread)
      order by seq desc limit older_page)
    union all
    (select * from messages where room = (a.r).id and seq > newer and seq >= floor and (thread is null or root = thread)
      order by seq limit newer_page)
  ) as page_of;
  return jsonb_build_object('messages', found, 'head', (a.r).head, 'epoch', (a.r).epoch);
end
$$;

-- input: {user, scope: 'mine' | 'public', cursor?, limit}; answer: {rooms, cursor?}
create function list_rooms(input jsonb) returns jsonb language sql stable as $$
  with page as (
    select r, m
    from rooms r left join members m on m.room = r.id and m.user_id = input ->> 'user'
    where case when input ->> 'scope' = 'mine' then m.user_id is not null else r.kind = 'public' and not r.archived end
      and r.id > coalesce(input ->> 'cursor', '')
    order by r.id
    limit (input ->> 'limit')::integer + 1
  ), listed as (
    select row_number() over (order by (r).id) as n, (r).id as id, room_json(r) || case
      when input ->> 'scope' <> 'mine' then '{}'
      else jsonb_build_object(
        'role', (m).role, 'readSeq', (m).read_seq,
        'unread', (select count(*) from messages x where x.room = (r).id and x.seq > (m).read_seq
                     and x.deleted_at is null and x.author <> (m).user_id),
        'mentions', (select count(*) from mentions x where x.room = (r).id and x.user_id = (m).user_id and x.seq > (m).read_seq))
      end || case when (r).kind <> 'direct' then '{}' else jsonb_build_object('with', coalesce((
        select jsonb_agg(jsonb_build_object('user', o.user_id, 'name', u.name, 'role', o.role) order by o.user_id)
        from members o join users u on u.id = o.user_id where o.room = (r).id and o.user_id <> input ->> 'user'), '[]'))
      end as room
    from page
  )
  select jsonb_build_object('rooms', coalesce(jsonb_agg(room order by n) filter (where n <= (input ->> 'limit')::integer), '[]'))
    || case when count(*) > (input ->> 'limit')::integer
         then jsonb_build_object('cursor', max(id) filter (where n = (input ->> 'limit')::integer)) else '{}' end
  from listed
$$;

-- Read cursors of a group of readers; they never move back and never beyond the head.
-- input: {marks: [{room, user, seq}]}; answer: {results: [{readSeq, moved} | {error}]}
create function mark_read(input jsonb) returns jsonb language plpgsql as $$
declare
  mark record;
  a record;
  cursor_at bigint;
  results jsonb := '[]';
begin
  -- In one order, so that two groups never wait for each other in a ring.
  perform 1 from members m
    where (m.room, m.user_id) in (select value ->> 'room', value ->> 'user' from jsonb_array_elements(input -> 'marks'))
    order by m.room, m.user_id for update;
  for mark in select value from jsonb_array_elements(input -> 'marks') loop
    select * into a from access(mark.value ->> 'room', mark.value ->> 'user', (mark.value ->> 'admin')::boolean);
    if a.error is not null then
      results := results || jsonb_build_array(jsonb_build_object('error', a.error));
      continue;
    end if;
    cursor_at := greatest((a.m).read_seq, least((mark.value ->> 'seq')::bigint, (a.r).head));
    update members set read_seq = cursor_at
      where room = (a.m).room and user_id = (a.m).user_id and read_seq < cursor_at;
    results := results || jsonb_build_array(jsonb_build_object('readSeq', cursor_at, 'moved', found));
  end loop;
  return jsonb_build_object('results', results);
end
$$;

-- Names for ids, of people with whom the viewer shares a room, and of those who wrote in one.
-- input: {viewer, users: [id]}; answer: {users: [{id, name, role}]}
create function known_users(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('users', coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name, 'role', u.role) order by u.id), '[]'))
  from users u
  where u.id in (select jsonb_array_elements_text(input -> 'users'))
    and (u.id = input ->> 'viewer'
      or exists (select from members mine join members theirs using (room)
                 where mine.user_id = input ->> 'viewer' and theirs.user_id = u.id)
      or exists (select from members mine join messages said on said.room = mine.room and said.author = u.id
                 where mine.user_id = input ->> 'viewer'))
$$;
create index messages_by_author on messages (author, room);

-- The people who share a room with each other, for presence. input: {viewer, users}; answer: {users: [id]}
create function room_mates(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('users', coalesce(jsonb_agg(id), '[]'))
  from jsonb_array_elements_text(input -> 'users') id
  where id = input ->> 'viewer' or exists (
    select from members mine join members theirs using (room)
    where mine.user_id = input ->> 'viewer' and theirs.user_id = id)
$$;
