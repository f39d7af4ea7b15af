-- Files that people share in rooms. Their bytes lie in a storage under the file's id; here stands whose they are, how far they have come, and
-- which message names them, which decides who may have them.

create table files (
  id uuid primary key,
  room text not null references rooms (id),
  owner text not null references users (id),
  -- made harmless
  name text not null,
  -- bytes, as promised when the upload began
  size bigint not null check (size >= 0),
  -- `gone`: nobody gets it any more, and its bytes are to be removed
  state text not null check (state in ('uploading', 'checking', 'ready', 'refused', 'gone')),
  -- what its content says, once it is whole
  type text,
  width integer,
  height integer,
  preview boolean not null default false,
  -- words can be read out of it
  has_text boolean not null default false,
  -- a browser may show it within a page
  inline boolean not null default false,
  -- why it was refused
  reason text,
  begun_at timestamptz not null default now(),
  whole_at timestamptz,
  -- the message that names it, with its number and time, and its place among that message's files
  message uuid,
  seq bigint,
  place integer,
  shared_at timestamptz
);
create index files_of_owner on files (owner) include (size) where state in ('uploading', 'checking', 'ready');
create index files_of_room on files (room) include (size) where state in ('uploading', 'checking', 'ready');
create index files_shared on files (room, seq desc, place) where message is not null;
create index files_loose on files (begun_at) where message is null;
create index files_waiting on files (state, whole_at) where state in ('checking', 'gone');

-- Of a message, as they stand in the log.
alter table messages add column files jsonb;

-- One request at a time works on an upload, on whichever node. It renews its lock; who waits says so, and the holder lets go.
create table file_locks (
  file uuid primary key references files (id) on delete cascade,
  holder text not null,
  until timestamptz not null,
  wanted boolean not null default false
);

-- Stands beside the files in their storage as well, so that no other database takes them for files without a row. In no backup: a restored
-- copy is another one.
create table file_claims (
  one boolean primary key default true check (one),
  id uuid not null default gen_random_uuid()
);

-- input: {}; answer: {id}
create function file_claim(input jsonb) returns jsonb language plpgsql as $$
begin
  insert into file_claims default values on conflict do nothing;
  return (select jsonb_build_object('id', id) from file_claims);
end
$$;

create function file_json(f files) returns jsonb language sql immutable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'id', f.id, 'name', f.name, 'type', coalesce(f.type, 'application/octet-stream'), 'size', f.size,
    'width', f.width, 'height', f.height, 'preview', nullif(f.preview, false)))
$$;

-- What the hub works with. `shared`: a message names it.
create function stored_file_json(f files) returns jsonb language sql immutable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'file', file_json(f), 'state', f.state, 'room', f.room, 'owner', f.owner, 'inline', f.inline, 'text', f.has_text,
    'shared', f.message is not null, 'reason', f.reason, 'begunAt', iso(f.begun_at)))
$$;

-- Room for a file, before a byte of it has come: files on their way count whole, so that many at once get no more than one after another.
-- input: {id, room, user, admin, name, size, most: {user, room, unfinished}}; answer: {error} | the stored file
create function begin_file(input jsonb) returns jsonb language plpgsql as $$
declare
  a record;
  wanted constant bigint := (input ->> 'size')::bigint;
  most constant jsonb := input -> 'most';
  used bigint;
  unfinished bigint;
  f files;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is null then
    a.error := posting_refusal(a.r, a.m, now());
  end if;
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  -- Who counts waits for who counted before; always the room first, so that nobody waits in a ring.
  perform pg_advisory_xact_lock(hashtextextended('files of room ' || (input ->> 'room'), 0));
  perform pg_advisory_xact_lock(hashtextextended('files of user ' || (input ->> 'user'), 0));
  select coalesce(sum(size), 0), count(*) filter (where state = 'uploading') into used, unfinished
    from files where owner = input ->> 'user' and state in ('uploading', 'checking', 'ready');
  if unfinished >= (most ->> 'unfinished')::bigint then
    return jsonb_build_object('error', refusal('rate_limited',
      'Too many of your uploads are not finished. Finish or end some of them, or wait: the hub ends those that stand still.'));
  elsif used + wanted > (most ->> 'user')::bigint then
    return jsonb_build_object('error', refusal('too_large', 'Your files would take more than you may keep here. Delete messages with files.',
      jsonb_build_object('of', 'user', 'used', used, 'limit', most -> 'user')));
  end if;
  select coalesce(sum(size), 0) into used from files where room = input ->> 'room' and state in ('uploading', 'checking', 'ready');
  if used + wanted > (most ->> 'room')::bigint then
    return jsonb_build_object('error', refusal('too_large', 'The files of this room would take more than it may keep. Delete messages with files.',
      jsonb_build_object('of', 'room', 'used', used, 'limit', most -> 'room')));
  end if;
  insert into files (id, room, owner, name, size, state)
    values ((input ->> 'id')::uuid, input ->> 'room', input ->> 'user', input ->> 'name', wanted, 'uploading')
    returning * into f;
  return stored_file_json(f);
end
$$;

-- All bytes are there, and what they are is known. Whoever comes second changes nothing.
-- input: {id, state, type, width?, height?, preview, text, inline}; answer: the stored file, or null when there is none any more
create function finish_file(input jsonb) returns jsonb language plpgsql as $$
declare
  f files;
begin
  update files set
      state = input ->> 'state', whole_at = now(), type = input ->> 'type', width = (input ->> 'width')::integer,
      height = (input ->> 'height')::integer, preview = (input ->> 'preview')::boolean, has_text = (input ->> 'text')::boolean,
      inline = (input ->> 'inline')::boolean
    where id = (input ->> 'id')::uuid and state = 'uploading';
  select * into f from files where id = (input ->> 'id')::uuid and state <> 'gone';
  return stored_file_json(f);
end
$$;

-- May this reader have this file, as they are a member now? One that a message names is for those who may read the message, any other for its
-- owner. What a room no longer keeps is for nobody, also before the sweep has come by.
create function may_have(f files, r rooms, m members) returns boolean language sql stable as $$
  select f.state <> 'gone' and m.user_id is not null and case
    when f.message is null then f.owner = m.user_id
    else f.seq >= first_readable(r, m) and (r.retention_days is null or f.shared_at >= now() - make_interval(days => r.retention_days))
  end
$$;

-- input: {id, user}; answer: the stored file, or null
create function find_file(input jsonb) returns jsonb language sql stable as $$
  select stored_file_json(f)
  from files f join rooms r on r.id = f.room
    join members m on m.room = f.room and m.user_id = input ->> 'user'
    join users u on u.id = m.user_id and u.disabled_at is null
  where f.id = (input ->> 'id')::uuid and may_have(f, r, m)
$$;

-- Shared files of a room, the newest first. input: {room, user, admin, cursor?: {seq, place}, limit}; answer: {error} | {files, cursor?}
create function list_files(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  found jsonb;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  with page as (
    select f, row_number() over (order by f.seq desc, f.place) as n
    from files f
    where f.room = (a.r).id and f.message is not null and may_have(f, a.r, a.m)
      and (not input ? 'cursor' or f.seq < (input #>> '{cursor,seq}')::bigint
        or (f.seq = (input #>> '{cursor,seq}')::bigint and f.place > (input #>> '{cursor,place}')::integer))
    order by f.seq desc, f.place limit (input ->> 'limit')::integer + 1
  )
  select jsonb_build_object('files', coalesce(jsonb_agg(file_json(f) || jsonb_build_object(
        'message', (f).message, 'seq', (f).seq, 'at', iso((f).shared_at), 'by', (f).owner) order by n)
      filter (where n <= (input ->> 'limit')::integer), '[]'))
    || case when count(*) > (input ->> 'limit')::integer then jsonb_build_object('cursor', (
        select jsonb_build_object('seq', (f).seq, 'place', (f).place) from page where n = (input ->> 'limit')::integer))
      else '{}' end
    into found from page;
  return found;
end
$$;

-- Its owner wants it no more; what a message names goes with the message. input: {id, user}; answer: {dropped}
create function drop_file(input jsonb) returns jsonb language plpgsql as $$
begin
  update files set state = 'gone'
    where id = (input ->> 'id')::uuid and owner = input ->> 'user' and message is null and state <> 'gone';
  return jsonb_build_object('dropped', found);
end
$$;

-- Marks what nobody wants: uploads and unshared files of so many hours on which nobody works, and files that their room no longer keeps.
-- input: {hours, limit}; answer: {expired}
create function expire_files(input jsonb) returns jsonb language plpgsql as $$
declare
  expired integer;
begin
  with old as (
    select f.id from files f
    where f.message is null and f.state <> 'gone' and f.begun_at < now() - make_interval(secs => (input ->> 'hours')::float * 3600)
      and coalesce(f.whole_at, f.begun_at) < now() - make_interval(secs => (input ->> 'hours')::float * 3600)
      and not exists (select from file_locks l where l.file = f.id and l.until > clock_timestamp())
    limit (input ->> 'limit')::integer for update skip locked
  ), unkept as (
    select f.id from rooms r join files f on f.room = r.id
    where r.retention_days is not null and f.message is not null and f.state <> 'gone'
      and f.shared_at < now() - make_interval(days => r.retention_days)
    limit (input ->> 'limit')::integer for update of f skip locked
  )
  update files set state = 'gone' where id in (select id from old union all select id from unkept);
  get diagnostics expired = row_count;
  return jsonb_build_object('expired', expired);
end
$$;

-- input: {limit}; answer: {ids}: files whose bytes are to be removed
create function gone_files(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('ids', coalesce(jsonb_agg(id), '[]'))
  from (select id from files where state = 'gone' limit (input ->> 'limit')::integer) as gone
$$;

-- Their bytes are removed. input: {ids}; answer: {}
create function forget_files(input jsonb) returns jsonb language sql as $$
  delete from files where state = 'gone' and id in (select value::uuid from jsonb_array_elements_text(input -> 'ids'));
  select '{}'::jsonb
$$;

-- Which of these has a row. input: {ids}; answer: {ids}
create function known_files(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('ids', coalesce(jsonb_agg(id), '[]'))
  from files where id in (select value::uuid from jsonb_array_elements_text(input -> 'ids'))
$$;

-- Files that a virus scanner has still to look at, those that wait longest first. input: {limit}; answer: {files: [stored file]}
create function unchecked_files(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('files', coalesce(jsonb_agg(stored_file_json(f) order by f.whole_at), '[]'))
  from (select * from files where state = 'checking' order by whole_at limit (input ->> 'limit')::integer) as f
$$;

-- input: {id, reason?}; with a reason it is refused for good; answer: the stored file, or null when it does not wait any more
create function checked_file(input jsonb) returns jsonb language sql as $$
  update files set state = case when input ? 'reason' then 'refused' else 'ready' end, reason = input ->> 'reason'
    where id = (input ->> 'id')::uuid and state = 'checking'
    returning stored_file_json(files)
$$;

-- input: {file, holder, seconds}; answer: {held}, or {gone} when there is no such file. Who does not get it is waited for.
create function take_file_lock(input jsonb) returns jsonb language plpgsql as $$
declare
  wanted_file constant uuid := (input ->> 'file')::uuid;
begin
  perform 1 from files where id = wanted_file for key share;
  if not found then
    return '{"held": false, "gone": true}';
  end if;
  insert into file_locks as l (file, holder, until)
    values (wanted_file, input ->> 'holder', clock_timestamp() + make_interval(secs => (input ->> 'seconds')::float))
    on conflict (file) do update set holder = excluded.holder, until = excluded.until, wanted = false
      where l.holder = excluded.holder or l.until < clock_timestamp();
  if found then
    return '{"held": true}';
  end if;
  update file_locks set wanted = true where file = wanted_file;
  return '{"held": false}';
end
$$;

-- All that one node holds, in one call. input: {locks: [{file, holder}], seconds}; answer: {held: [holder], wanted: [holder]}
create function keep_file_locks(input jsonb) returns jsonb language sql as $$
  with mine as (
    select l.file from file_locks l
      join jsonb_to_recordset(input -> 'locks') as m (file uuid, holder text) on m.file = l.file and m.holder = l.holder
    order by l.file for update of l
  ), kept as (
    update file_locks set until = clock_timestamp() + make_interval(secs => (input ->> 'seconds')::float)
    where file in (select file from mine) returning holder, wanted
  )
  select jsonb_build_object('held', coalesce(jsonb_agg(holder), '[]'), 'wanted', coalesce(jsonb_agg(holder) filter (where wanted), '[]'))
  from kept
$$;

-- input: {file, holder}; answer: {}
create function drop_file_lock(input jsonb) returns jsonb language sql as $$
  delete from file_locks where file = (input ->> 'file')::uuid and holder = input ->> 'holder';
  select '{}'::jsonb
$$;

-- As in 0011, with its files.
create or replace function message_json(m messages) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'id', m.id, 'room', m.room, 'seq', m.seq, 'at', iso(m.at), 'by', m.author, 'text', m.text,
    'replyTo', m.reply_to, 'root', m.root, 'files', coalesce(m.files, '[]'), 'mentions', to_jsonb(m.mentions),
    'editedAt', iso(m.edited_at), 'deletedAt', iso(m.deleted_at), 'pinned', nullif(m.pinned, false),
    'thread', case when m.replies > 0 then jsonb_build_object('count', m.replies, 'lastSeq', m.last_reply) end))
    || jsonb_build_object('reactions', coalesce((
      select jsonb_agg(jsonb_build_object('emoji', emoji, 'users', users) order by place)
      from (
        select emoji, min(place) as place, jsonb_agg(user_id order by seq) as users
        from reactions where room = m.room and message = m.id group by emoji
      ) as by_emoji), '[]'))
    || case when m.meta is null then '{}' else jsonb_build_object('meta', m.meta) end
    || case when m.summary is null then '{}' else jsonb_build_object('summary', m.summary) end
$$;

-- The files that a new message names become its own, or `refusal`: each is the author's, of this room, whole, and of no message yet. Answer
-- otherwise: {files: [file]}, in their order.
create function share_files(r rooms, d draft) returns jsonb language plpgsql as $$
declare
  wanted constant uuid[] := array(select value::uuid from jsonb_array_elements_text(d.data -> 'files'));
  theirs files[];
  shared jsonb;
begin
  perform 1 from files where id = any (wanted) order by id for update;
  theirs := array(
    select f from files f where id = any (wanted) and owner = d.author and room = r.id and state <> 'gone');
  if cardinality(theirs) < cardinality(wanted) then
    return jsonb_build_object('refusal', refusal('not_found', 'There is no such file.', d.data -> 'files'));
  elsif exists (select from unnest(theirs) f where f.message is not null) then
    return jsonb_build_object('refusal', refusal('conflict', 'Another message has this file already. Upload it again to share it once more.'));
  elsif exists (select from unnest(theirs) f where f.state = 'uploading') then
    return jsonb_build_object('refusal', refusal('conflict', 'This file is not uploaded to its end yet.'));
  elsif exists (select from unnest(theirs) f where f.state = 'refused') then
    return jsonb_build_object('refusal', refusal('forbidden', 'This file was refused, and cannot be shared.'));
  elsif d.id = any (wanted) or exists (select from events where room = r.id and id = any (wanted)) then
    -- Its entry in the log has the file's id.
    return jsonb_build_object('refusal', refusal('conflict', 'The id of this file was used for something else. Upload it again.'));
  end if;
  update files f set message = d.id, seq = r.head + 1, place = w.place, shared_at = d.at
    from unnest(wanted) with ordinality as w (id, place) where f.id = w.id;
  select jsonb_agg(file_json(f) order by w.place) into shared
    from unnest(theirs) f join unnest(wanted) with ordinality as w (id, place) on w.id = f.id;
  return jsonb_build_object('files', shared);
end
$$;

-- As in 0003, and its files.
create or replace function apply_message(r rooms, d draft, m members) returns jsonb language plpgsql as $$
declare
  data jsonb := d.data - 'names';
  answered messages;
  thread uuid;
  named text[];
  shared jsonb;
begin
  if data ? 'replyTo' then
    select * into answered from messages where room = r.id and id = (data ->> 'replyTo')::uuid;
    if answered is null or (r.kind <> 'public' and answered.seq < m.since_seq) then
      return jsonb_build_object('refusal', refusal('not_found', 'The message you answer is not in this room.'));
    end if;
  end if;
  if data ? 'files' then
    shared := share_files(r, d);
    if shared ? 'refusal' then
      return shared;
    end if;
    data := data || shared;
  end if;
  if data ? 'replyTo' then
    thread := coalesce(answered.root, answered.id);
    data := data || jsonb_build_object('root', thread);
    update messages set replies = replies + 1, last_reply = r.head + 1 where room = r.id and id = thread;
  end if;
  insert into messages (room, seq, id, at, author, text, reply_to, root, meta, files)
    values (r.id, r.head + 1, d.id, d.at, d.author, data ->> 'text', (data ->> 'replyTo')::uuid, thread, data -> 'meta', data -> 'files');
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

-- As in 0003, and the files of a deleted message go with it, from the log too.
create or replace function apply_change(r rooms, d draft, m members) returns jsonb language plpgsql as $$
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
      if msg.files is not null then
        update events set data = jsonb_build_object('message', msg.id, 'redacted', true)
          where room = r.id and target = msg.id and type = 'file.shared';
        update files set state = 'gone' where room = r.id and message = msg.id;
      end if;
      delete from reactions where room = r.id and message = msg.id;
      delete from mentions where room = r.id and seq = msg.seq;
      update messages
        set text = '', mentions = null, meta = null, files = null, edited_at = null, pinned = false, deleted_at = d.at
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

-- As in 0011, and after a message an entry for each of its files: `{event, more: [event]}`.
create or replace function append_draft(r rooms, d draft) returns jsonb language plpgsql as $$
declare
  known events;
  m members;
  outcome jsonb;
  entry events;
  more jsonb;
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

  if d.type in ('message.created', 'message.edited', 'message.deleted', 'message.pinned', 'reaction.added', 'reaction.removed',
                'summary.posted') then
    if m.user_id is null and not (d.admin and d.type = 'message.deleted') then
      return jsonb_build_object('error', refusal('forbidden', 'Join the room first.'));
    end if;
    outcome := posting_refusal(r, m, d.at);
    if outcome is not null then
      return jsonb_build_object('error', outcome);
    end if;
    if d.type = 'message.edited' and exists (select from messages where room = r.id and id = d.target and summary is not null) then
      return jsonb_build_object('error', refusal('conflict', 'A posted summary is not edited: delete it, and post another.'));
    end if;
    outcome := case d.type when 'message.created' then apply_message(r, d, m) when 'summary.posted' then apply_summary(r, d, m)
      else apply_change(r, d, m) end;
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
  if d.type <> 'message.created' or not outcome -> 'data' ? 'files' then
    return jsonb_build_object('event', event_json(entry));
  end if;
  -- In the same transaction, so that no message is ever without them. The digest is of no call: the same id again is a conflict.
  with shared as (
    insert into events (room, seq, id, type, at, author, target, data, digest)
      select r.id, entry.seq + place, (value ->> 'id')::uuid, 'file.shared', d.at, d.author, d.id,
             jsonb_build_object('message', d.id, 'file', value), 'file.shared'
      from jsonb_array_elements(outcome #> '{data,files}') with ordinality as f (value, place)
      returning *
  )
  select jsonb_agg(event_json(row (shared.*)::events) order by seq) into more from shared;
  return jsonb_build_object('event', event_json(entry), 'more', more);
end
$$;

-- As in 0003, and an outcome may hold `more` entries, which come right after its own.
create or replace function append_events(input jsonb) returns jsonb language plpgsql as $$
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
      r.head := r.head + 1 + coalesce(jsonb_array_length(outcome -> 'more'), 0);
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

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 14}'::jsonb $$;
select seal(array['files', 'file_locks', 'file_claims'], array[
  'file_claim', 'file_json', 'stored_file_json', 'begin_file', 'finish_file', 'may_have', 'find_file', 'list_files', 'drop_file', 'expire_files', 'gone_files',
  'forget_files', 'known_files', 'unchecked_files', 'checked_file', 'take_file_lock', 'keep_file_locks', 'drop_file_lock', 'message_json',
  'share_files', 'apply_message', 'apply_change', 'append_draft', 'append_events', 'schema_version']);
