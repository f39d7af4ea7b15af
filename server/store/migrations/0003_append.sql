-- The only way into a log. One call takes a group of drafts across rooms, and in one transaction locks the rooms, checks each
-- author's rights, dedupes, numbers, inserts and keeps the projections. What it decides cannot change before it is committed.

-- Rank of a role in a room; a platform admin outranks all.
create function rank(role text, admin boolean default false) returns integer language sql immutable as $$
  select case when admin then 4 when role = 'owner' then 3 when role = 'moderator' then 2 when role = 'member' then 1 else 0 end
$$;

create type draft as (
  room text, author text, id uuid, type text, admin boolean, digest text, at timestamptz, target uuid, data jsonb
);

create function refusal(code text, message text, details jsonb default null) returns jsonb language sql immutable as $$
  select jsonb_strip_nulls(jsonb_build_object('code', code, 'message', message, 'details', details))
$$;

-- May this user still write to this room? Null means yes.
create function posting_refusal(r rooms, m members, at timestamptz) returns jsonb language sql stable as $$
  select case
    when r.archived then refusal('forbidden', 'This room is archived: nothing can be added.')
    when m.muted_until > at then
      refusal('forbidden', 'You are muted in this room.', jsonb_build_object('mutedUntil', iso(m.muted_until)))
  end
$$;

-- Ids of the members that the names stand for. A name is the user's id, or the display name in lower case with dots for spaces.
create function mentioned(r rooms, names jsonb) returns text[] language sql stable as $$
  select array_agg(u.id order by u.id)
  from members m join users u on u.id = m.user_id
  where m.room = r.id
    and (names ? lower(u.id) or names ? lower(regexp_replace(u.name, '\s+', '.', 'g')))
$$;

create function set_mentions(r rooms, message_seq bigint, writer text, named text[]) returns void language sql as $$
  delete from mentions where room = r.id and seq = message_seq and user_id <> all(coalesce(named, '{}'));
  insert into mentions (room, user_id, seq)
    select r.id, who, message_seq from unnest(named) who where who <> writer
    on conflict do nothing;
$$;

-- message.created
create function apply_message(r rooms, d draft, m members) returns jsonb language plpgsql as $$
declare
  data jsonb := d.data - 'names';
  answered messages;
  thread uuid;
  named text[];
begin
  if data ? 'files' then
    return jsonb_build_object('refusal', refusal('not_found', 'There is no such file.', data -> 'files'));
  end if;
  if data ? 'replyTo' then
    select * into answered from messages where room = r.id and id = (data ->> 'replyTo')::uuid;
    if answered is null or (r.kind <> 'public' and answered.seq < m.since_seq) then
      return jsonb_build_object('refusal', refusal('not_found', 'The message you answer is not in this room.'));
    end if;
    thread := coalesce(answered.root, answered.id);
    data := data || jsonb_build_object('root', thread);
    update messages set replies = replies + 1, last_reply = r.head + 1 where room = r.id and id = thread;
  end if;
  insert into messages (room, seq, id, at, author, text, reply_to, root, meta)
    values (r.id, r.head + 1, d.id, d.at, d.author, data ->> 'text', (data ->> 'replyTo')::uuid, thread, data -> 'meta');
  if d.data ? 'names' then
    named := mentioned(r, d.data -> 'names');
    if named is not null then
      perform set_mentions(r, r.head + 1, d.author, named);
      update messages set mentions = named where room = r.id and seq = r.head + 1;
      data := data || jsonb_build_object('mentions', named);
    end if;
  end if;
  return jsonb_build_object('data', data);
end
$$;

-- Edits, deletes, pins and reactions: entries about an earlier message.
create function apply_change(r rooms, d draft, m members) returns jsonb language plpgsql as $$
declare
  data jsonb := jsonb_build_object('target', d.target) || (d.data - 'names');
  msg messages;
  named text[];
begin
  select * into msg from messages where room = r.id and id = d.target;
  if msg is null or (r.kind <> 'public' and msg.seq < m.since_seq) then
    return jsonb_build_object('refusal', refusal('not_found', 'There is no such message in this room.'));
  elsif msg.deleted_at is not null then
    return jsonb_build_object('refusal', refusal('conflict', 'This message was deleted.'));
  end if;
  case d.type
    when 'message.edited' then
      if msg.author <> d.author then
        return jsonb_build_object('refusal', refusal('forbidden', 'Only its author may edit a message.'));
      end if;
      named := case when d.data ? 'names' then mentioned(r, d.data -> 'names') end;
      perform set_mentions(r, msg.seq, msg.author, named);
      update messages set text = data ->> 'text', mentions = named, edited_at = d.at where room = r.id and seq = msg.seq;
      if named is not null then
        data := data || jsonb_build_object('mentions', named);
      end if;
    when 'message.deleted' then
      if msg.author <> d.author and rank(m.role, d.admin) < 2 then
        return jsonb_build_object('refusal', refusal('forbidden', 'Only its author or a moderator may delete a message.'));
      end if;
      -- The text leaves the log too, with every edit of it; the digests would let short texts be guessed.
      update events e set digest = null, data = jsonb_strip_nulls(jsonb_build_object(
          'text', '', 'target', e.data -> 'target', 'replyTo', e.data -> 'replyTo', 'root', e.data -> 'root', 'redacted', true))
        where room = r.id and (seq = msg.seq or (target = msg.id and type = 'message.edited'));
      delete from reactions where room = r.id and message = msg.id;
      delete from mentions where room = r.id and seq = msg.seq;
      update messages
        set text = '', mentions = null, meta = null, edited_at = null, pinned = false, deleted_at = d.at
        where room = r.id and seq = msg.seq;
    when 'message.pinned' then
      update messages set pinned = (data ->> 'on')::boolean where room = r.id and seq = msg.seq;
    when 'reaction.added' then
      if (select count(distinct emoji) filter (where emoji <> data ->> 'emoji') from reactions
          where room = r.id and message = msg.id) >= 50 then
        return jsonb_build_object('refusal', refusal('too_large', 'A message takes at most 50 different reactions.'));
      end if;
      insert into reactions (room, message, emoji, user_id, seq, place)
        select r.id, msg.id, data ->> 'emoji', d.author, r.head + 1, coalesce(min(place), r.head + 1)
        from reactions where room = r.id and message = msg.id and emoji = data ->> 'emoji'
        on conflict do nothing;
    when 'reaction.removed' then
      delete from reactions
        where room = r.id and message = msg.id and emoji = data ->> 'emoji' and user_id = d.author;
  end case;
  return jsonb_build_object('data', data);
end
$$;

-- Who is in the room, and as what. `m` is the author's own membership.
create function apply_membership(r rooms, d draft, m members) returns jsonb language plpgsql as $$
declare
  subject text := d.data ->> 'user';
  own boolean := subject = d.author;
  mine integer := rank(m.role, d.admin);
  them members;
  person users;
begin
  select * into them from members where room = r.id and user_id = subject;
  case d.type
    when 'member.joined' then
      if them.user_id is not null then
        return jsonb_build_object('standing', them.since_seq);
      elsif r.kind = 'direct' then
        return jsonb_build_object('refusal', refusal('forbidden', 'A direct room keeps the people it began with.'));
      elsif own and not d.admin and exists (
        select from bans where room = r.id and user_id = subject and coalesce(until, 'infinity') > d.at
      ) then
        return jsonb_build_object('refusal', refusal('forbidden', 'You are banned from this room.'));
      elsif own and r.kind <> 'public' and not d.admin then
        return jsonb_build_object('refusal', refusal('not_found', 'There is no such room.'));
      elsif not own and mine < 2 then
        return jsonb_build_object('refusal', refusal('forbidden', 'Only moderators and owners may add people.'));
      elsif rank(d.data ->> 'role') > greatest(mine, 1) then
        return jsonb_build_object('refusal', refusal('forbidden', 'You cannot give a role above your own.'));
      end if;
      select * into person from users where id = subject;
      if person is null then
        return jsonb_build_object('refusal', refusal('not_found', 'There is no such user.'));
      end if;
      delete from bans where room = r.id and user_id = subject;
      insert into members (room, user_id, role, since_seq, read_seq)
        values (r.id, subject, d.data ->> 'role', r.head + 1, r.head + 1);
      return jsonb_build_object('data', d.data || jsonb_build_object('name', person.name));
    when 'member.left' then
      if them is null then
        return jsonb_build_object('standing', r.head);
      end if;
      delete from members where room = r.id and user_id = subject;
    when 'member.removed' then
      if own then
        return jsonb_build_object('refusal', refusal('bad_request', 'To go yourself, call room:leave with forget.'));
      elsif mine < 2 or mine <= rank(them.role) then
        return jsonb_build_object('refusal', refusal('forbidden', 'You may only remove people who rank below you.'));
      elsif them is null and not d.data ? 'ban' then
        return jsonb_build_object('refusal', refusal('not_found', 'This user is not a member.'));
      elsif not exists (select from users where id = subject) then
        return jsonb_build_object('refusal', refusal('not_found', 'There is no such user.'));
      end if;
      delete from members where room = r.id and user_id = subject;
      if d.data ? 'ban' then
        insert into bans (room, user_id, until, reason)
          values (r.id, subject, (d.data #>> '{ban,until}')::timestamptz, d.data #>> '{ban,reason}')
          on conflict (room, user_id) do update set until = excluded.until, reason = excluded.reason;
      end if;
    when 'member.role' then
      if them is null then
        return jsonb_build_object('refusal', refusal('not_found', 'This user is not a member.'));
      elsif mine < 3 then
        return jsonb_build_object('refusal', refusal('forbidden', 'Only owners may change roles.'));
      end if;
      update members set role = d.data ->> 'role' where room = r.id and user_id = subject;
    when 'member.muted' then
      if them is null then
        return jsonb_build_object('refusal', refusal('not_found', 'This user is not a member.'));
      elsif mine < 2 or mine <= rank(them.role) then
        return jsonb_build_object('refusal', refusal('forbidden', 'You may only mute people who rank below you.'));
      end if;
      update members
        set muted_until = case when d.data ? 'until' then (d.data ->> 'until')::timestamptz else 'infinity' end
        where room = r.id and user_id = subject;
  end case;
  return jsonb_build_object('data', d.data);
end
$$;

-- room.updated
create function apply_settings(r rooms, d draft, m members) returns jsonb language plpgsql as $$
begin
  if rank(m.role, d.admin) < 2 then
    return jsonb_build_object('refusal', refusal('forbidden', 'Only moderators and owners may change the room.'));
  end if;
  update rooms set
      title = coalesce(d.data ->> 'title', title),
      topic = coalesce(d.data ->> 'topic', topic),
      ai = coalesce((d.data ->> 'ai')::boolean, ai),
      retention_days = case when d.data ? 'retentionDays' then (d.data ->> 'retentionDays')::integer else retention_days end,
      archived = coalesce((d.data ->> 'archived')::boolean, archived)
    where id = r.id;
  return jsonb_build_object('data', d.data);
end
$$;

-- One draft against a locked room: `{event}`, `{seq, at, duplicate}` or `{error}`. `r.head` is the head before it.
create function append_draft(r rooms, d draft) returns jsonb language plpgsql as $$
declare
  known events;
  m members;
  outcome jsonb;
  entry events;
begin
  select * into known from events where room = r.id and id = d.id;
  if known.seq is not null then
    if known.author <> d.author or known.digest <> d.digest then
      return jsonb_build_object('error', refusal('conflict', 'This id was used for something else.'));
    end if;
    return jsonb_build_object('seq', known.seq, 'at', iso(known.at), 'duplicate', true);
  end if;

  select * into m from members where room = r.id and user_id = d.author;
  if m.user_id is null and r.kind <> 'public' and not d.admin then
    return jsonb_build_object('error', refusal('not_found', 'There is no such room.'));
  end if;

  if d.type in ('message.created', 'message.edited', 'message.deleted', 'message.pinned', 'reaction.added', 'reaction.removed') then
    if m.user_id is null and not (d.admin and d.type = 'message.deleted') then
      return jsonb_build_object('error', refusal('forbidden', 'Join the room first.'));
    end if;
    outcome := posting_refusal(r, m, d.at);
    if outcome is not null then
      return jsonb_build_object('error', outcome);
    end if;
    outcome := case when d.type = 'message.created' then apply_message(r, d, m) else apply_change(r, d, m) end;
  elsif d.type = 'room.updated' then
    outcome := apply_settings(r, d, m);
  else
    outcome := apply_membership(r, d, m);
  end if;

  if outcome ? 'refusal' then
    return jsonb_build_object('error', outcome -> 'refusal');
  elsif outcome ? 'standing' then
    return jsonb_build_object('seq', outcome -> 'standing', 'at', iso(d.at));
  end if;
  insert into events (room, seq, id, type, at, author, target, data, digest)
    values (r.id, r.head + 1, d.id, d.type, d.at, d.author, d.target, outcome -> 'data', d.digest)
    returning * into entry;
  return jsonb_build_object('event', event_json(entry));
end
$$;

-- input: {drafts: [{room, by, id, type, admin, digest, target?, data, at?}]}
-- answer: {results: [...]} in the order of the drafts, each {epoch, event} | {epoch, seq, at, duplicate?} | {error}
create function append_events(input jsonb) returns jsonb language plpgsql as $$
declare
  drafts jsonb := input -> 'drafts';
  results jsonb[] := array_fill(null::jsonb, array[jsonb_array_length(drafts)]);
  now_ms timestamptz := date_trunc('milliseconds', clock_timestamp());
  r rooms;
  d draft;
  item record;
  outcome jsonb;
begin
  -- In id order, so that two groups never wait for each other in a ring.
  perform 1 from rooms
    where id in (select value ->> 'room' from jsonb_array_elements(drafts))
    order by id for update;
  for item in
    select x.* from rows from (jsonb_to_recordset(drafts) as (
        room text, "by" text, id uuid, type text, admin boolean, digest text, at timestamptz, target uuid, data jsonb
      )) with ordinality as x (room, author, id, type, admin, digest, at, target, data, n)
      order by room, n
  loop
    if r.id is distinct from item.room then
      if r.id is not null then
        update rooms set head = r.head where id = r.id;
      end if;
      select * into r from rooms where id = item.room;
    end if;
    if r.id is null then
      results[item.n] := jsonb_build_object('error', refusal('not_found', 'There is no such room.'));
      continue;
    end if;
    d := row (item.room, item.author, item.id, item.type, coalesce(item.admin, false), item.digest,
              coalesce(item.at, now_ms), item.target, item.data);
    outcome := append_draft(r, d);
    if outcome ? 'event' then
      r.head := r.head + 1;
      if item.type = 'room.updated' then
        update rooms set head = r.head where id = r.id returning * into r;
      end if;
    end if;
    results[item.n] := outcome || jsonb_build_object('epoch', r.epoch);
  end loop;
  if r.id is not null then
    update rooms set head = r.head where id = r.id;
  end if;
  return jsonb_build_object('results', to_jsonb(results));
end
$$;

-- input: {room: {id, kind, title, topic?}, by, members: [userId], reuse?}
-- A room begins with room.created, then its people: the creator as owner, the others as members (in a direct room all as members).
create function create_room(input jsonb) returns jsonb language plpgsql as $$
declare
  now_ms timestamptz := date_trunc('milliseconds', clock_timestamp());
  fresh rooms;
  person record;
  log_seq bigint := 1;
begin
  if (select count(*) from users where id in (select jsonb_array_elements_text(input -> 'members')))
      < jsonb_array_length(input -> 'members') then
    return jsonb_build_object('error', refusal('not_found', 'One of the members is not a user here.'));
  end if;
  insert into rooms (id, title, kind, topic, created_at, created_by, epoch, head)
    values (input #>> '{room,id}', input #>> '{room,title}', input #>> '{room,kind}', input #>> '{room,topic}',
            now_ms, input ->> 'by', substr(gen_random_uuid()::text, 1, 8), 1)
    on conflict (id) do nothing
    returning * into fresh;
  if fresh.id is null then
    select * into fresh from rooms where id = input #>> '{room,id}';
    -- The id of a direct room that names none is made from its people, so it is theirs already.
    if (input ->> 'reuse')::boolean and fresh.kind = 'direct' then
      return jsonb_build_object('room', room_json(fresh));
    end if;
    return jsonb_build_object('error', refusal('conflict', 'There is a room with this id already.'));
  end if;
  insert into events (room, seq, id, type, at, author, data)
    values (fresh.id, 1, gen_random_uuid(), 'room.created', now_ms, fresh.created_by,
            jsonb_strip_nulls(jsonb_build_object('title', fresh.title, 'kind', fresh.kind, 'topic', fresh.topic)));
  for person in
    select u.id, u.name from users u
      where u.id = fresh.created_by or u.id in (select jsonb_array_elements_text(input -> 'members'))
      order by u.id <> fresh.created_by, u.id
  loop
    log_seq := log_seq + 1;
    insert into members (room, user_id, role, since_seq, read_seq)
      values (fresh.id, person.id,
              case when person.id = fresh.created_by and fresh.kind <> 'direct' then 'owner' else 'member' end,
              log_seq, log_seq);
    insert into events (room, seq, id, type, at, author, data)
      select fresh.id, log_seq, gen_random_uuid(), 'member.joined', now_ms, fresh.created_by,
             jsonb_build_object('user', person.id, 'name', person.name, 'role', role)
      from members where room = fresh.id and user_id = person.id;
  end loop;
  -- Everybody who is there from the start may read the start.
  update members set since_seq = 1, read_seq = log_seq where room = fresh.id;
  update rooms set head = log_seq where id = fresh.id returning * into fresh;
  return jsonb_build_object('room', room_json(fresh));
end
$$;
