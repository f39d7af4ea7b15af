-- The words in files: kept beside their file, found with the message that shared it, and read for summaries. They are read out some time after the
-- message was sent, and go when the file goes, without an entry in the log: what an index has to read anew then stands in a list of its own.

-- Somebody has looked whether there are words in it, and kept them.
alter table files add column words_read boolean not null default false;
create index files_unread on files (shared_at) where has_text and not words_read and state = 'ready' and message is not null;

create table file_words (
  file uuid primary key references files (id) on delete cascade,
  -- the message's place in the log
  room text not null,
  seq bigint not null,
  text text not null,
  -- the same length, with each character plain: small, without accents, and a space for what is no letter or digit
  plain text not null,
  -- for an index: how it begins, and every other word once
  words text not null
);

-- Messages that changed for search without an entry in their room's log. Numbered in the order of COMMIT.
create table search_touched (
  n bigint primary key,
  room text not null,
  seq bigint not null
);
create index search_touched_rooms on search_touched (room, n);

create function file_words_changed() returns trigger language plpgsql as $$
declare
  w file_words := coalesce(new, old);
begin
  perform pg_advisory_xact_lock(hashtextextended('search touched', 0));
  insert into search_touched (n, room, seq) select coalesce(max(n), 0) + 1, w.room, w.seq from search_touched;
  return null;
end
$$;
-- At COMMIT, so that this lock is the last that is waited for.
create constraint trigger file_words_changed after insert or delete on file_words
  deferrable initially deferred for each row execute function file_words_changed();

-- What was summed up of a message is of what it was.
create function unsum_message(room_id text, message_seq bigint) returns void language plpgsql as $$
begin
  update messages set version = version + 1 where room = room_id and seq = message_seq;
  delete from summary_pieces where room = room_id and message_seq between first_seq and last_seq;
  update live_summaries set body = null where room = room_id and message_seq between first_seq and up_to;
end
$$;

-- Shared files whose words nobody has read yet, the oldest first. input: {limit}; answer: {files: [stored file]}
create function unread_files(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('files', coalesce(jsonb_agg(stored_file_json(f) order by f.shared_at), '[]'))
  from (
    select * from files where has_text and not words_read and state = 'ready' and message is not null
    order by shared_at limit (input ->> 'limit')::integer) as f
$$;

-- input: {id, words?: {text, plain, words}}; without words there are none in it; answer: {}
create function keep_file_words(input jsonb) returns jsonb language plpgsql as $$
declare
  f files;
begin
  -- As whoever writes into the log, so that neither waits for the other in a ring.
  perform 1 from rooms where id = (select room from files where id = (input ->> 'id')::uuid) for update;
  update files set words_read = true where id = (input ->> 'id')::uuid and state = 'ready' and not words_read returning * into f;
  if f.message is not null and input ? 'words' then
    insert into file_words (file, room, seq, text, plain, words)
      values (f.id, f.room, f.seq, input #>> '{words,text}', input #>> '{words,plain}', input #>> '{words,words}');
    perform unsum_message(f.room, f.seq);
  end if;
  return '{}';
end
$$;

-- With a file go its words, whatever it goes by.
create function file_words_gone() returns trigger language plpgsql as $$
begin
  delete from file_words where file = new.id;
  if found then
    perform unsum_message(new.room, new.seq);
  end if;
  return null;
end
$$;
create trigger file_words_gone after update of state on files
  for each row when (new.state = 'gone' and old.state <> 'gone') execute function file_words_gone();

-- What a message says by its files, for a summary: names, and how their texts begin.
create function said_by_files(m messages) returns text language sql stable as $$
  select coalesce(left(string_agg(e'\n[File ' || f.name || ']' || coalesce(e'\n' || left(w.text, 1500), ''), '' order by f.place), 4000), '')
  from files f left join file_words w on w.file = f.id
  where m.files is not null and f.room = m.room and f.message = m.id and f.state <> 'gone'
$$;

-- The files of these messages, each with the passages where words stand in it, for a reader who may have them (I9).
-- input: {user, places: {rooms, seqs}, words: [[text]]}, each word as it may begin in `plain`, the best first
-- answer: {passages: [{room, seq, file, name, text}]}
create function file_passages(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('passages', coalesce(jsonb_agg(jsonb_build_object(
    'room', m.room, 'seq', m.seq, 'file', f.id, 'name', f.name, 'text', coalesce(p.text, '')) order by m.room, m.seq, f.place), '[]'))
  from readable_messages(input ->> 'user', input -> 'places') m
  join rooms r on r.id = m.room
  join members me on me.room = m.room and me.user_id = input ->> 'user'
  join files f on f.room = m.room and f.message = m.id and f.state = 'ready'
  left join file_words w on w.file = f.id
  cross join lateral (
    select string_agg(substring(w.text from greatest(at - 120, 1) for 360), ' … ' order by at) as text
    from (
      select distinct on (at / 240) at from (
        select (
          select strpos(' ' || w.plain, b.value) from jsonb_array_elements_text(word) with ordinality as b
          where strpos(' ' || w.plain, b.value) > 0 order by b.ordinality limit 1) as at
        from jsonb_array_elements(input -> 'words') as word) as found
      where at is not null order by at / 240, at limit 4) as places
  ) as p
  where m.files is not null and may_have(f, r, me)
$$;

-- As in 0015, and whether there are files. answer: {rooms, seqs, times, by, texts, files: [boolean]}, side by side, and {names}
create or replace function search_candidates(input jsonb) returns jsonb language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
  return (
    with found as materialized (
      select room, seq, at, author, text, files is not null as files from readable_messages(input ->> 'user', input -> 'places')
    )
    select jsonb_build_object(
      'rooms', to_jsonb(coalesce(array_agg(room), '{}')), 'seqs', to_jsonb(coalesce(array_agg(seq), '{}')),
      'times', to_jsonb(coalesce(array_agg(floor(date_part('epoch', at) * 1000)), '{}')),
      'by', to_jsonb(coalesce(array_agg(author), '{}')), 'texts', to_jsonb(coalesce(array_agg(text), '{}')),
      'files', to_jsonb(coalesce(array_agg(files), '{}')),
      'names', (select coalesce(jsonb_object_agg(id, name), '{}') from users where id in (select author from found)))
    from found);
end
$$;

-- As in 0015, with the words of files, and what was touched without an entry. Of that an index tells how far it has read under a room that is none.
-- input: {cursor, limit}
-- answer: {messages: [{room, seq, id, at, by, text, files?, has, deleted?}], cursors: [{room, epoch, seq}], more}; `files`: their words
create or replace function search_changes(input jsonb) returns jsonb language sql stable as $$
  with behind as (
    select r.id, r.epoch, case when c.epoch = r.epoch then c.seq else 0 end as after
    from rooms r left join search_cursors c on c.cursor = input ->> 'cursor' and c.room = r.id
    where c.seq is null or c.epoch <> r.epoch or r.head > c.seq
    order by r.id limit (input ->> 'limit')::integer
  ), entries as (
    select b.id as room, b.epoch, e.seq, e.type, e.target, e.data
    from behind b cross join lateral (
      select * from events e where e.room = b.id and e.seq > b.after order by e.seq limit (input ->> 'limit')::integer) e
    order by b.id, e.seq limit (input ->> 'limit')::integer
  ), late as (
    select n, room, seq from search_touched
    -- Vectors are made of what people wrote.
    where input ->> 'cursor' not like 'vectors:%'
      and n > coalesce((select seq from search_cursors where cursor = input ->> 'cursor' and room = '#touched'), 0)
    order by n limit 20
  ), touched as (
    select room, seq from entries where type in ('message.created', 'summary.posted')
    union
    select e.room, m.seq from entries e join messages m on m.room = e.room and m.id = coalesce(e.target, (e.data ->> 'root')::uuid)
      where e.type like 'message.%' or e.type like 'reaction.%'
    union
    select e.room, s.seq from entries e join messages s on s.room = e.room and s.summary is not null
        and s.summary -> 'citations' @> jsonb_build_array(jsonb_build_object('messageId', e.target))
      where e.type = 'message.deleted'
    union
    select room, seq from late
  )
  select jsonb_build_object(
    'messages', coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'room', m.room, 'seq', m.seq, 'id', m.id, 'at', iso(m.at), 'by', m.author, 'text', m.text,
        'files', case when m.files is not null and m.deleted_at is null and input ->> 'cursor' not like 'vectors:%' then (
          select string_agg(f.name || coalesce(e'\n' || w.words, ''), e'\n' order by f.place)
          from files f left join file_words w on w.file = f.id where f.room = m.room and f.message = m.id and f.state <> 'gone') end,
        'deleted', case when m.deleted_at is not null then true end,
        'has', to_jsonb(array_remove(array[
          case when m.files is not null then 'file' end,
          case when m.text ~* 'https?://' then 'link' end, case when m.pinned then 'pin' end, case when m.replies > 0 then 'thread' end,
          case when exists (select from reactions x where x.room = m.room and x.message = m.id) then 'reaction' end], null)))))
      from touched t join messages m on m.room = t.room and m.seq = t.seq), '[]'),
    'cursors', coalesce((select jsonb_agg(jsonb_build_object('room', room, 'epoch', epoch, 'seq', reached)) from (
      select room, epoch, max(seq) as reached from entries group by room, epoch
      union all select '#touched', '', max(n) from late having count(*) > 0) as c), '[]'),
    'more', (select count(*) from entries) = (input ->> 'limit')::integer or (select count(*) from late) = 20)
$$;

-- As in 0013, also for what was touched; `head` grows by that too, as it tells the later of two readings of a message.
create or replace function index_changes(input jsonb) returns jsonb language sql stable as $$
  with read as materialized (
    select search_changes(input) as changes
  ), places as (
    select c.room from read, jsonb_to_recordset(changes -> 'cursors') as c (room text)
    union select m.room from read, jsonb_to_recordset(changes -> 'messages') as m (room text)
  )
  select changes || jsonb_build_object(
    'logs', (
      select coalesce(jsonb_object_agg(r.id, jsonb_build_object('epoch', r.epoch, 'head', r.head + coalesce((
        select max(n) from search_touched where room = r.id), 0))), '{}')
      from rooms r join places p on p.room = r.id),
    'anew', (
      select coalesce(jsonb_agg(r.id), '[]')
      from rooms r join places p on p.room = r.id join search_cursors c on c.cursor = input ->> 'cursor' and c.room = r.id
      where c.epoch <> r.epoch))
  from read
$$;

-- As in 0011, with what is in a message's files.
create or replace function summary_lines(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  range jsonb := input -> 'range';
  low bigint;
  high bigint;
  since timestamptz;
  found jsonb;
begin
  select * into a from summary_access(input);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  low := greatest(a.floor, case
    when range ? 'unread' then (a.m).read_seq + 1
    when range ? 'newest' then
      greatest((a.r).head - (range ->> 'newest')::bigint, 0) / (range ->> 'align')::bigint * (range ->> 'align')::bigint + 1
    else coalesce((range ->> 'after')::bigint, 0) + 1 end);
  since := coalesce((range ->> 'since')::timestamptz, now() - make_interval(days => (range ->> 'days')::integer));
  if since is not null then
    low := coalesce((select min(seq) from messages where room = (a.r).id and seq >= low and at >= since), (a.r).head + 1);
  end if;
  high := least((a.r).head, coalesce((range ->> 'before')::bigint - 1, (a.r).head));
  with newest as materialized (
    select seq, id, at, author, left(text, (input ->> 'each')::integer) || said_by_files(m) as text, reply_to, version
    from messages m
    where room = (a.r).id and seq between low and high and deleted_at is null and summary is null
    order by seq desc limit (input ->> 'most')::integer + 1
  ), counted as (
    select newest.*, sum(length(text)) over (order by seq desc) as chars, row_number() over (order by seq desc) as n from newest
  ), kept as materialized (
    select * from counted where n <= (input ->> 'most')::integer and (chars <= (input ->> 'chars')::bigint or n = 1)
  )
  select jsonb_build_object(
    'clipped', (select count(*) from newest) > (select count(*) from kept),
    'lines', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'seq', k.seq, 'id', k.id, 'at', iso(k.at), 'by', u.name, 'text', k.text,
        'replyTo', p.seq, 'version', k.version)) order by k.seq)
      from kept k join users u on u.id = k.author left join kept p on p.id = k.reply_to), '[]'))
    into found;
  if (found ->> 'clipped')::boolean then
    low := (found #>> '{lines,0,seq}')::bigint;
  end if;
  return found || jsonb_build_object(
    'room', jsonb_build_object('id', (a.r).id, 'title', (a.r).title, 'epoch', (a.r).epoch, 'head', (a.r).head),
    'floor', a.floor, 'first', low, 'last', high,
    'changed', coalesce((select jsonb_agg(jsonb_build_array(seq, version)) from messages
      where room = (a.r).id and seq between low and high and version > 0), '[]'));
end
$$;

-- As in 0011; of a message without words its files are named.
create or replace function summary_check(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
begin
  select * into a from summary_access(input);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  elsif a.floor > (input ->> 'floor')::bigint then
    return jsonb_build_object('error', refusal('conflict', 'What may be read here has changed meanwhile: ask again.', '"floor"'));
  end if;
  return jsonb_build_object('cited', coalesce((
    select jsonb_agg(jsonb_build_object('seq', x.seq, 'id', x.id, 'text', coalesce(nullif(left(x.text, 4000), ''), (
        select string_agg(value ->> 'name', ', ') from jsonb_array_elements(x.files)), '')) order by x.seq)
    from jsonb_to_recordset(input -> 'cited') as c (id uuid, version integer)
    join messages x on x.room = (a.r).id and x.id = c.id and x.version = c.version and x.deleted_at is null
      and x.seq >= (input ->> 'floor')::bigint), '[]'));
end
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 16}'::jsonb $$;
select seal(array['file_words', 'search_touched'], array[
  'file_words_changed', 'unsum_message', 'unread_files', 'keep_file_words', 'file_words_gone', 'said_by_files', 'file_passages', 'search_candidates', 'search_changes',
  'index_changes', 'summary_lines', 'summary_check', 'schema_version']);
