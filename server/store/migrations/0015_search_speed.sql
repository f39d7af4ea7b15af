-- The same searches, sooner: plans that are made once, the cheapest of several ways to look by what each would read, and
-- answers in columns. And posted summaries are found.

-- As in 0010, planned once in a session.
create or replace function search_near(typed text) returns setof text language plpgsql stable as $$
declare
  keys constant text[] := search_grams(typed, length(typed) - 1) || search_grams(typed, length(typed)) || search_grams(typed, length(typed) + 1);
  typed_grams constant double precision := cardinality(search_grams(typed, 0));
begin
  return query
    select alike.word from (
      select w.word, w.n, 2.0 * count(*) / (typed_grams + cardinality(w.grams)) as likeness
      -- where very many words share a beginning, some of them must do
      from (select * from search_words where grams && keys and word <> typed limit 5000) as w, unnest(w.grams) as gram
      where gram = any (keys)
      group by w.word, w.n, w.grams
    ) as alike
    where likeness >= 0.4 order by likeness desc, n desc limit 4;
end
$$;

-- Messages among which a search looks, the newest of them that fit. Conditions that are null are none.
create type search_place as (room text, seq bigint, at timestamptz, words tsvector);

-- Through the index of words, whatever the rooms.
create function search_by_word(
  wanted tsquery, scope text[], floors jsonb, writers text[], having_all text[], since timestamptz, before timestamptz, most integer
) returns setof search_place language plpgsql stable
  set plan_cache_mode = force_generic_plan as $$
begin
  return query select d.room, d.seq, d.at, d.words from search_documents d
    where d.words @@ wanted and (d.room in (select unnest(scope))) is true
      and (writers is null or d.author = any (writers)) and (having_all is null or d.has @> having_all)
      and (since is null or d.at >= since) and (before is null or d.at < before)
      and (floors is null or not exists (
        select from jsonb_to_recordset(floors) as f (room text, since bigint) where f.room = d.room and d.seq < f.since))
    order by d.at + interval '0' desc, d.room, d.seq desc limit most;
end
$$;

-- Back in time, until there are enough. The planner does not know how frequent the words are, and is left no other way.
create function search_by_time(
  wanted tsquery, scope text[], floors jsonb, writers text[], having_all text[], since timestamptz, before timestamptz, most integer
) returns setof search_place language plpgsql stable
  set plan_cache_mode = force_generic_plan set enable_sort = off set enable_seqscan = off as $$
begin
  return query select d.room, d.seq, d.at, d.words from search_documents d
    where (d.words @@ wanted) is true and (d.room in (select unnest(scope))) is true
      and (writers is null or d.author = any (writers)) and (having_all is null or d.has @> having_all)
      and (since is null or d.at >= since) and (before is null or d.at < before)
      and (floors is null or not exists (
        select from jsonb_to_recordset(floors) as f (room text, since bigint) where f.room = d.room and d.seq < f.since))
    order by d.at desc, d.room, d.seq desc limit most;
end
$$;

-- As the planner finds best, which takes it longer than most searches take.
create function search_by_plan(
  wanted tsquery, scope text[], floors jsonb, writers text[], having_all text[], since timestamptz, before timestamptz, most integer
) returns setof search_place language plpgsql stable
  set plan_cache_mode = force_custom_plan as $$
begin
  return query select d.room, d.seq, d.at, d.words from search_documents d
    -- It weighs every element of an array, which for thousands takes long.
    where case when cardinality(scope) <= 200 then d.room = any (scope) else d.room in (select unnest(scope)) end
      and (wanted is null or d.words @@ wanted)
      and (writers is null or d.author = any (writers)) and (having_all is null or d.has @> having_all)
      and (since is null or d.at >= since) and (before is null or d.at < before)
      and (floors is null or not exists (
        select from jsonb_to_recordset(floors) as f (room text, since bigint) where f.room = d.room and d.seq < f.since))
    order by case when wanted is null then d.at else d.at + interval '0' end desc, d.room, d.seq desc limit most;
end
$$;

-- input: as in 0010; answer: {rooms: [id], seqs: [seq], scores: [score], total, known}: three arrays, side by side; `known`: none of the words is so
-- rare that it may be misspelled, and `near` would find nothing else
create or replace function search_messages(input jsonb) returns jsonb language plpgsql stable
  set plan_cache_mode = force_generic_plan set lock_timeout = '1s' set statement_timeout = '3s' as $$
declare
  any_word constant boolean := input ->> 'match' = 'any';
  scope constant text[] := array(select jsonb_array_elements_text(input -> 'rooms'));
  floors constant jsonb := nullif(input -> 'floors', '[]');
  writers constant text[] := nullif(array(select jsonb_array_elements_text(input -> 'from')), '{}');
  having_all constant text[] := nullif(array(select jsonb_array_elements_text(input -> 'has')), '{}');
  since constant timestamptz := (input ->> 'since')::timestamptz;
  before constant timestamptz := (input ->> 'until')::timestamptz;
  most constant integer := case when any_word then 3000 else 500 end;
  size constant double precision := greatest((input ->> 'size')::double precision, 1);
  documents constant double precision := (select greatest(reltuples, 1) from pg_class where oid = 'search_documents'::regclass);
  queries tsquery[] := '{}';
  counts double precision[] := '{}';
  weights double precision[] := '{}';
  wanted tsquery;
  alike text;
  part record;
  -- about how many messages hold what is wanted
  reach double precision := 0;
  known boolean := true;
  way text := 'plan';
  answer jsonb;
begin
  -- The rarest first: where any of the words will do, who has none of the rare ones is a poor find, and there may be very many of them.
  for part in
    select w.value ->> 'query' as query, w.value ->> 'near' as near, coalesce((
      select sum(n) from search_words where word in (select jsonb_array_elements_text(w.value -> 'lexemes'))), 0) as n
    from jsonb_array_elements(input -> 'words') w order by 3
  loop
    wanted := part.query::tsquery;
    -- What many write is not misspelled.
    if part.near is not null and part.n <= greatest(20, documents / 2000) then
      known := false;
      if (input ->> 'near')::boolean then
        alike := (select string_agg('''' || word || '''', ' | ') from search_near(part.near) as word);
        wanted := case when alike is null then wanted else wanted || alike::tsquery end;
      end if;
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
  -- What each way reads: all that hold the words; backwards until there are enough; or, for few rooms, what lies in both indices.
  if wanted is not null then
    way := case
      when cardinality(scope) <= 200 and reach * 0.05 + size * 0.1 + reach * least(1, size / documents) + 2000 < reach then 'plan'
      when coalesce(writers, having_all) is null and coalesce(since, before) is null
        and reach * reach * least(size, documents) > most * documents * documents then 'time'
      else 'words' end;
  end if;
  for part in select value as query from jsonb_array_elements_text(input -> 'phrases') loop
    wanted := case when wanted is null then part.query::tsquery else wanted && part.query::tsquery end;
  end loop;
  for part in select value as query from jsonb_array_elements_text(input -> 'without') loop
    wanted := case when wanted is null then !!part.query::tsquery else wanted && !!part.query::tsquery end;
  end loop;

  with newest as materialized (
    select * from search_by_word(wanted, scope, floors, writers, having_all, since, before, most) where way = 'words'
    union all select * from search_by_time(wanted, scope, floors, writers, having_all, since, before, most) where way = 'time'
    union all select * from search_by_plan(wanted, scope, floors, writers, having_all, since, before, most) where way = 'plan'
  ), best as materialized (
    select room, seq, at, case when any_word then (
      select sum(weight) from unnest(queries, weights) as w (query, weight) where words @@ query) else 0 end as score
    from newest order by score desc, at desc, room, seq desc limit (input ->> 'limit')::integer
  )
  select jsonb_build_object(
    'rooms', to_jsonb(coalesce(array_agg(room), '{}')), 'seqs', to_jsonb(coalesce(array_agg(seq), '{}')),
    'scores', to_jsonb(coalesce(array_agg(score), '{}')), 'total', least((select count(*) from newest), 500), 'known', known)
    from best into answer;
  return answer;
end
$$;

-- As in 0010, with each room and membership looked up once.
create or replace function readable_messages(reader text, places jsonb) returns setof messages language sql stable as $$
  with place as materialized (
    select * from unnest(
      array(select jsonb_array_elements_text(places -> 'rooms')),
      array(select jsonb_array_elements_text(places -> 'seqs')::bigint)) as p (room, seq)
  ), readable as materialized (
    select r.id, first_readable(r, me) as since
    from (select distinct room from place) as p join rooms r on r.id = p.room join members me on me.room = r.id and me.user_id = reader
  )
  select m.* from place p join readable r on r.id = p.room join messages m on m.room = p.room and m.seq = p.seq
  where m.deleted_at is null and m.seq >= r.since
$$;

-- input: {user, places: {rooms: [id], seqs: [seq]}}, side by side
-- answer: {rooms, seqs, times: milliseconds, by: ids, texts}, side by side, and {names: {id: name}}
create or replace function search_candidates(input jsonb) returns jsonb language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
  return (
    with found as materialized (
      select room, seq, at, author, text from readable_messages(input ->> 'user', input -> 'places')
    )
    select jsonb_build_object(
      'rooms', to_jsonb(coalesce(array_agg(room), '{}')), 'seqs', to_jsonb(coalesce(array_agg(seq), '{}')),
      'times', to_jsonb(coalesce(array_agg(floor(date_part('epoch', at) * 1000)), '{}')),
      'by', to_jsonb(coalesce(array_agg(author), '{}')), 'texts', to_jsonb(coalesce(array_agg(text), '{}')),
      'names', (select coalesce(jsonb_object_agg(id, name), '{}') from users where id in (select author from found)))
    from found);
end
$$;

-- input: {user, places: {rooms: [id], seqs: [seq]}}; answer: {messages}
create or replace function search_hits(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('messages', coalesce(jsonb_agg(message_json(m)), '[]'))
  from readable_messages(input ->> 'user', input -> 'places') m
$$;

-- As in 0010, and posted summaries, which lose the claims that cite a message when that is deleted.
-- input: {cursor, limit}; answer: {messages: [{room, seq, id, at, by, text, has, deleted?}], cursors: [{room, epoch, seq}], more}
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
  ), touched as (
    select room, seq from entries where type in ('message.created', 'summary.posted')
    union
    select e.room, m.seq from entries e join messages m on m.room = e.room and m.id = coalesce(e.target, (e.data ->> 'root')::uuid)
      where e.type like 'message.%' or e.type like 'reaction.%'
    union
    select e.room, s.seq from entries e join messages s on s.room = e.room and s.summary is not null
        and s.summary -> 'citations' @> jsonb_build_array(jsonb_build_object('messageId', e.target))
      where e.type = 'message.deleted'
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

-- Rooms with posted summaries are read once more.
delete from search_cursors c where c.cursor not like 'vectors:%'
  and exists (select from messages m where m.room = c.room and m.summary is not null);

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 15}'::jsonb $$;
select seal('{}', array[
  'search_near', 'search_by_word', 'search_by_time', 'search_by_plan', 'search_messages', 'readable_messages', 'search_candidates', 'search_hits',
  'search_changes', 'schema_version'
]);
