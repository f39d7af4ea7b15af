-- Finding messages. All tables here can be made again from the logs, and are: a backup leaves them out. The hub cuts texts into words
-- (shared/text) and follows the logs by cursors; here is the index, and what the reader may see of it.

create table search_documents (
  room text not null,
  seq bigint not null,
  at timestamptz not null,
  author text not null,
  has text[] not null,
  -- words as they stand have weight A, their stems none
  words tsvector not null,
  primary key (room, seq)
);
-- Written in batches by one node and read by all: nothing is to wait in a list that every search would have to read through.
create index search_documents_by_word on search_documents using gin (words) with (fastupdate = off);
create index search_documents_by_time on search_documents (at desc, room, seq desc);
create index search_documents_by_author on search_documents (author, at desc);
-- Which of the ways to look is the shorter one depends on how frequent a word is: the planner must know more of them.
alter table search_documents alter column words set statistics 1000;
alter table search_documents set (autovacuum_analyze_scale_factor = 0.05);

-- Every word with the number of messages that hold it; trigrams for those that people misspell.
create table search_words (word text collate "C" primary key, n bigint not null, grams text[]) with (fillfactor = 80);
create index search_words_by_gram on search_words using gin (grams) with (fastupdate = off);

-- How far an index has read each room's log.
create table search_cursors (
  cursor text not null,
  room text not null,
  epoch text not null,
  seq bigint not null,
  primary key (cursor, room)
);

-- Trigrams with the word's length in them, so that words that are much longer or shorter are not even looked at.
create function search_grams(word text, as_long integer) returns text[] language sql immutable as $$
  select array_agg(distinct substr(' ' || word || ' ', i, 3) || as_long) from generate_series(1, length(word)) as i
$$;

-- input: {documents: [{room, seq, at, author, has, words?}]}; without words it is taken out; answer: {}
create function index_messages(input jsonb) returns jsonb language plpgsql as $$
begin
  -- One at a time, so that the counts of words stay right when two nodes believe to be the one that indexes.
  perform pg_advisory_xact_lock(4703241010);
  with given as materialized (
    select * from jsonb_to_recordset(input -> 'documents')
      as d (room text, seq bigint, at timestamptz, author text, has text[], words tsvector)
  ), old as materialized (
    select d.words from search_documents d join given g on g.room = d.room and g.seq = d.seq
  ), written as (
    insert into search_documents as d select * from given where words is not null
      on conflict (room, seq) do update set has = excluded.has, words = excluded.words
        where (d.has, d.words) is distinct from (excluded.has, excluded.words)
  ), taken_out as (
    delete from search_documents d using given g where g.words is null and d.room = g.room and d.seq = g.seq
  ), change as materialized (
    select word, sum(n) as n from (
      select unnest(tsvector_to_array(words)) as word, 1 as n from given where words is not null
      union all select unnest(tsvector_to_array(words)), -1 from old
    ) as counted group by word having sum(n) <> 0
  ), known as (
    update search_words w set n = w.n + c.n from change c where w.word = c.word returning w.word
  )
  insert into search_words (word, n, grams)
    select word, n, case when word ~ '^[[:alpha:]]{4,24}$' and word !~ '[^[:ascii:]]{4}' then search_grams(word, length(word)) end
    from change where n > 0 and not exists (select from known k where k.word = change.word);
  delete from search_words where n <= 0;
  return '{}';
end
$$;

-- Words that are spelled nearly like this one, the likeliest first.
create function search_near(typed text) returns setof text language sql stable as $$
  with wanted as (
    select search_grams(typed, 0) as grams,
      (select array_agg(gram) from generate_series(-1, 1) as d, unnest(search_grams(typed, length(typed) + d)) as gram) as keys
  ), alike as (
    select w.word, w.n, 2.0 * shared.n / (cardinality(wanted.grams) + cardinality(w.grams)) as likeness
    -- where very many words share a beginning, some of them must do
    from wanted, lateral (select * from search_words where grams && wanted.keys and word <> typed limit 5000) as w, lateral (
      select count(*) as n from unnest(w.grams) as gram where gram = any (wanted.keys)
    ) as shared
  )
  select word from alike where likeness >= 0.4 order by likeness desc, n desc limit 4
$$;

-- input: {rooms: [id], floors: [{room, since}], size, whole, words: [{query, lexemes, near?}], match, phrases: [query], without: [query],
--   from: [id], since?, until?, has: [], limit}, where a query is text of a tsquery; `size`: entries in these rooms; `whole`: they are few
-- answer: {found: [{room, seq, score}], total}
-- Supabase's PostgREST takes a function's time limit for the whole call; the other drivers have theirs.
create function search_messages(input jsonb) returns jsonb language plpgsql stable
  set plan_cache_mode = force_custom_plan set lock_timeout = '1s' set statement_timeout = '3s' as $$
declare
  any_word constant boolean := input ->> 'match' = 'any';
  scope constant text[] := array(select jsonb_array_elements_text(input -> 'rooms'));
  floors constant jsonb := nullif(input -> 'floors', '[]');
  writers constant text[] := nullif(array(select jsonb_array_elements_text(input -> 'from')), '{}');
  having_all constant text[] := nullif(array(select jsonb_array_elements_text(input -> 'has')), '{}');
  since constant timestamptz := (input ->> 'since')::timestamptz;
  before constant timestamptz := (input ->> 'until')::timestamptz;
  queries tsquery[] := '{}';
  counts double precision[] := '{}';
  weights double precision[] := '{}';
  wanted tsquery;
  alike text;
  part record;
  -- about how many messages hold what is wanted, and how many there are at all
  reach double precision := 0;
  documents constant double precision := (select greatest(reltuples, 1) from pg_class where oid = 'search_documents'::regclass);
  newest_first boolean;
  answer jsonb;
begin
  -- The rarest first: where any of the words will do, who has none of the rare ones is a poor find, and there may be very many of them.
  for part in
    select w.value ->> 'query' as query, w.value ->> 'near' as near, coalesce((
      select sum(n) from search_words where word in (select jsonb_array_elements_text(w.value -> 'lexemes'))), 0) as n
    from jsonb_array_elements(input -> 'words') w order by 3
  loop
    wanted := part.query::tsquery;
    if part.near is not null then
      alike := (select string_agg('''' || word || '''', ' | ') from search_near(part.near) as word);
      wanted := case when alike is null then wanted else wanted || alike::tsquery end;
    end if;
    queries := queries || wanted;
    counts := counts || part.n;
    weights := weights || ln(1 + 1e6 / (part.n + 1));
  end loop;
  wanted := null;
  for i in 1 .. cardinality(queries) loop
    exit when any_word and not (input ->> 'whole')::boolean and i > 1 and reach + counts[i] > 3000;
    wanted := case when wanted is null then queries[i] when any_word then wanted || queries[i] else wanted && queries[i] end;
    reach := case when any_word or i = 1 then reach + counts[i] else reach * counts[i] / documents end;
  end loop;
  -- Frequent words are found soonest by going back in time until there are enough, others by the index of words. The planner, who thinks that
  -- the newest lie beside each other, would go back in time far too often.
  newest_first := wanted is null or reach * reach * (input ->> 'size')::float8 > 500 * documents * documents;
  for part in select value as query from jsonb_array_elements_text(input -> 'phrases') loop
    wanted := case when wanted is null then part.query::tsquery else wanted && part.query::tsquery end;
  end loop;
  for part in select value as query from jsonb_array_elements_text(input -> 'without') loop
    wanted := case when wanted is null then !!part.query::tsquery else wanted && !!part.query::tsquery end;
  end loop;

  with newest as materialized (
    select d.room, d.seq, d.at, d.words from search_documents d
    -- The planner weighs every element of an array, which for thousands takes longer than the search.
    where case when cardinality(scope) <= 200 then d.room = any (scope) else d.room in (select unnest(scope)) end
      and (wanted is null or d.words @@ wanted)
      and (writers is null or d.author = any (writers)) and (having_all is null or d.has @> having_all)
      and (since is null or d.at >= since) and (before is null or d.at < before)
      and (floors is null or not exists (
        select from jsonb_to_recordset(floors) as f (room text, since bigint) where f.room = d.room and d.seq < f.since))
    order by case when newest_first then d.at else d.at + interval '0' end desc, d.room, d.seq desc
    limit case when any_word then 3000 else 500 end
  ), best as (
    select room, seq, at, case when any_word then (
      select sum(weight) from unnest(queries, weights) as w (query, weight) where words @@ query) else 0 end as score
    from newest order by score desc, at desc, room, seq desc limit (input ->> 'limit')::integer
  )
  select jsonb_build_object('total', least((select count(*) from newest), 500), 'found', coalesce((
    select jsonb_agg(jsonb_build_object('room', room, 'seq', seq, 'score', score)) from best), '[]')) into answer;
  return answer;
end
$$;

-- What the reader may search. A name stands for people whom the reader may know, by id or name, whole or first; for readable rooms by id or title.
-- input: {user, admin, room?, people: [name], rooms: [name]}, names in lower case
-- answer: {error} | {rooms: {ids, since, heads}, people: {name: [id]}, named: {name: [id]}}; three arrays, since an object for each of
-- thousands of rooms takes six times as long
create function search_scope(input jsonb) returns jsonb language plpgsql stable as $$
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
      where m.user_id = reader and (not input ? 'room' or r.id = input ->> 'room')
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

-- The messages at these places that are there and that the reader may read.
create function readable_messages(reader text, places jsonb) returns setof messages language sql stable as $$
  select m.* from jsonb_to_recordset(places) as p (room text, seq bigint)
  join messages m on m.room = p.room and m.seq = p.seq
  join rooms r on r.id = m.room
  join members me on me.room = m.room and me.user_id = reader
  where m.deleted_at is null and m.seq >= first_readable(r, me)
$$;

-- input: {user, places: [{room, seq}]}; answer: {candidates: [{room, seq, at, by, name, text}]}
create function search_candidates(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('candidates', coalesce(jsonb_agg(jsonb_build_object(
    'room', m.room, 'seq', m.seq, 'at', iso(m.at), 'by', m.author, 'name', u.name, 'text', m.text)), '[]'))
  from readable_messages(input ->> 'user', input -> 'places') m join users u on u.id = m.author
$$;

-- input: {user, places: [{room, seq}]}; answer: {messages}
create function search_hits(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('messages', coalesce(jsonb_agg(message_json(m)), '[]'))
  from readable_messages(input ->> 'user', input -> 'places') m
$$;

-- What changed since the cursor: messages as they are now, and where the cursor is once they are taken in.
-- input: {cursor, limit}; answer: {messages: [{room, seq, id, at, by, text, has, deleted?}], cursors: [{room, epoch, seq}], more}
create function search_changes(input jsonb) returns jsonb language sql stable as $$
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
  ), touched as (
    select room, seq from entries where type = 'message.created'
    union
    select e.room, m.seq from entries e join messages m on m.room = e.room and m.id = coalesce(e.target, (e.data ->> 'root')::uuid)
      where e.type like 'message.%' or e.type like 'reaction.%'
  )
  select jsonb_build_object(
    'messages', coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'room', m.room, 'seq', m.seq, 'id', m.id, 'at', iso(m.at), 'by', m.author, 'text', m.text,
        'deleted', case when m.deleted_at is not null then true end,
        'has', to_jsonb(array_remove(array[
          case when m.text ~* 'https?://' then 'link' end, case when m.pinned then 'pin' end, case when m.replies > 0 then 'thread' end,
          case when exists (select from reactions x where x.room = m.room and x.message = m.id) then 'reaction' end], null)))))
      from touched t join messages m on m.room = t.room and m.seq = t.seq), '[]'),
    'cursors', coalesce((select jsonb_agg(jsonb_build_object('room', room, 'epoch', epoch, 'seq', reached)) from (
      select room, epoch, max(seq) as reached from entries group by room, epoch) as c), '[]'),
    'more', (select count(*) from entries) = (input ->> 'limit')::integer)
$$;

-- input: {cursor, cursors: [{room, epoch, seq}]}; answer: {}
create function search_moved(input jsonb) returns jsonb language sql as $$
  insert into search_cursors (cursor, room, epoch, seq)
    select input ->> 'cursor', room, epoch, seq
    from jsonb_to_recordset(input -> 'cursors') as c (room text, epoch text, seq bigint)
    on conflict (cursor, room) do update set epoch = excluded.epoch, seq = excluded.seq;
  select '{}'::jsonb
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 10}'::jsonb $$;
select seal(
  array['search_documents', 'search_words', 'search_cursors'],
  array[
    'search_grams', 'index_messages', 'search_near', 'search_messages', 'search_scope', 'readable_messages', 'search_candidates',
    'search_hits', 'search_changes', 'search_moved', 'schema_version'
  ]
);
