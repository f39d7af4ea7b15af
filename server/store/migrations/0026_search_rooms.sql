-- One more way to look: of a few rooms, the newest messages as they stand, for words that very many write. And two frequent words side by side stand
-- in the index as one, so that of a phrase made of them hardly more is read than what holds it.

-- The index is made anew, under another name of its cursor.
delete from search_cursors where cursor = 'postgres-1';

-- In a few rooms, whatever the words: as far back in time as asked.
create function search_by_room(
  wanted tsquery, scope text[], floors jsonb, writers text[], having_all text[], since timestamptz, before timestamptz, most integer
) returns setof search_place language plpgsql stable
  set plan_cache_mode = force_custom_plan set random_page_cost = 1.5 as $$
begin
  return query select d.room, d.seq, d.at, d.words from search_documents d
    where d.room = any (scope) and (d.words @@ wanted) is true
      and (writers is null or d.author = any (writers)) and (having_all is null or d.has @> having_all)
      and (since is null or d.at >= since) and (before is null or d.at < before)
      and (floors is null or not exists (
        select from jsonb_to_recordset(floors) as f (room text, since bigint) where f.room = d.room and d.seq < f.since))
    order by d.at + interval '0' desc, d.room, d.seq desc limit most;
end
$$;

-- As in 0025: the way that takes the least, and how far it looks, as shares of all messages: `asked` those in the time asked for, up to `latest` of all, and
-- `looked` those among which enough of the newest must lie. Costs are microseconds, as measured with a million messages.
create or replace function search_way(
  reach double precision, documents double precision, size double precision, few boolean, writers text[], having_all text[],
  since timestamptz, before timestamptz, most integer,
  out way text, out looked double precision, out asked double precision, out latest double precision, out bounds timestamptz[]
) language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
  planning constant double precision := 2000;
  -- to read a message of the index by its place, one of a room among its others, and one that follows the one before in time, which mostly is beside
  -- it; to read an entry of the index of words, and of another
  message constant double precision := 4;
  neighbour constant double precision := 1.5;
  next_one constant double precision := 1;
  word constant double precision := 0.4;
  entry constant double precision := 0.05;
  free constant boolean := coalesce(writers, having_all) is null;
  many constant integer := 5000;
  share constant double precision := least(1, size / documents);
  written integer;
  -- what of all that holds the words is theirs
  theirs double precision := 1;
  lists double precision;
  fields double precision;
begin
  way := case when free then 'words' else 'plan' end;
  looked := 1;
  asked := 1;
  latest := 1;
  if reach * message <= planning then
    return;
  end if;
  bounds := (
    select histogram_bounds::text::timestamptz[] from pg_stats where attname = 'at' and (schemaname, tablename) = (
      select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = 'search_documents'::regclass));
  fields := cardinality(bounds) - 1;
  if fields > 0 then
    latest := case when before is null then 1 else least(1, width_bucket(before, bounds) / fields) end;
    asked := greatest(0.001, latest - case when since is null then 0 else greatest(0, width_bucket(since, bounds) - 1) / fields end);
  end if;
  if writers is not null then
    written := (select count(*) from (select from search_documents where author = any (writers) limit many) as w);
    theirs := case when written < many then written / documents else 1 end;
  end if;
  -- As if a half more were needed, since nothing is spread evenly.
  looked := case when fields > 0 then asked * least(1, 1.5 * most / greatest(1, reach * share * theirs * asked)) else asked end;
  lists := planning + word * reach + case when few then entry * size else 0 end + entry * coalesce(written, 0);
  theirs := theirs * case when few then share else 1 end;
  select w.way, w.looked into way, looked from (values
    ('words', asked, case when free then (word + message) * reach end),
    ('plan', asked, lists + case when coalesce(since, before) is null then 0 else entry * asked * documents end + message * reach * theirs * asked),
    ('plan', looked, lists + entry * looked * documents + message * reach * theirs * looked),
    ('room', looked, case when few then planning + entry * size + entry * looked * documents + neighbour * size * looked end),
    -- It ends by itself where there are enough.
    ('time', least(asked, looked * 2), case when free and looked < asked then next_one * looked / 1.5 * documents end)
  ) as w (way, looked, cost) order by cost limit 1;
end
$$;

-- input: {rooms: [id], floors: [{room, since}], size, whole, words: [{query, lexemes, begins?, near?}], match, phrases: [{query, lexemes}],
--   without: [query], from: [id], since?, until?, has: [], limit}; `query` is text of a tsquery, `lexemes` and `begins` as in search_reach of 0025,
--   `size`: entries in these rooms, `whole`: they are few
-- answer: as in 0015
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
  -- of a little everything is looked at; else what is read beyond what is answered is to choose from
  most constant integer := case when not any_word then 500 when (input ->> 'whole')::boolean then 3000 else 1500 end;
  size constant double precision := greatest((input ->> 'size')::double precision, 1);
  documents constant double precision := greatest(size, (select reltuples from pg_class where oid = 'search_documents'::regclass));
  queries tsquery[] := '{}';
  counts double precision[] := '{}';
  weights double precision[] := '{}';
  wanted tsquery;
  near record;
  part record;
  -- about how many messages hold what is wanted
  reach double precision := 0;
  known boolean := true;
  -- shares of all messages: those in the time asked for, and those in the part of it that is looked through
  latest double precision := 1;
  asked double precision := 1;
  looked double precision := 1;
  bounds timestamptz[];
  back_to timestamptz := since;
  way text := 'plan';
  places search_place[];
  answer jsonb;
begin
  -- The rarest first: where any of the words will do, who has none of the rare ones is a poor find, and there may be very many of them.
  for part in
    select value ->> 'query' as query, value ->> 'near' as near, search_reach(value, documents) as n
    from jsonb_array_elements(input -> 'words') order by 3
  loop
    wanted := part.query::tsquery;
    -- What many write is not misspelled.
    if part.near is not null and part.n <= greatest(20, documents / 2000) then
      known := false;
      if (input ->> 'near')::boolean then
        for near in select * from search_alike(part.near) loop
          wanted := wanted || ('''' || near.word || '''')::tsquery;
          part.n := part.n + near.n;
        end loop;
      end if;
    end if;
    queries := queries || wanted;
    counts := counts || part.n;
    weights := weights || ln(1 + 1e6 / (part.n + 1));
  end loop;
  wanted := null;
  for i in 1 .. cardinality(queries) loop
    exit when any_word and not (input ->> 'whole')::boolean and i > 1 and reach + counts[i] > most;
    wanted := case when wanted is null then queries[i] when any_word then wanted || queries[i] else wanted && queries[i] end;
    reach := case when any_word or i = 1 then reach + counts[i] else reach * counts[i] / documents end;
  end loop;
  for part in select value ->> 'query' as query, search_reach(value, documents) as n from jsonb_array_elements(input -> 'phrases') loop
    reach := case when wanted is null then part.n else reach * part.n / documents end;
    wanted := case when wanted is null then part.query::tsquery else wanted && part.query::tsquery end;
  end loop;
  for part in select value as query from jsonb_array_elements_text(input -> 'without') loop
    wanted := case when wanted is null then !!part.query::tsquery else wanted && !!part.query::tsquery end;
  end loop;

  if cardinality(queries) + jsonb_array_length(input -> 'phrases') > 0 then
    select * into way, looked, asked, latest, bounds from search_way(
      reach, documents, size, cardinality(scope) <= 200, writers, having_all, since, before, most);
  end if;
  loop
    back_to := case when looked < asked then greatest(since, search_time(bounds, latest - looked)) else since end;
    places := case way
      when 'words' then array(select p from search_by_word(wanted, scope, floors, writers, having_all, back_to, before, most) as p)
      when 'time' then array(select p from search_by_time(wanted, scope, floors, writers, having_all, back_to, before, most) as p)
      when 'room' then array(select p from search_by_room(wanted, scope, floors, writers, having_all, back_to, before, most) as p)
      else array(select p from search_by_plan(wanted, scope, floors, writers, having_all, back_to, before, most) as p) end;
    exit when looked >= asked or cardinality(places) >= most;
    -- Words stand closer together than thought, or there are few of them.
    looked := looked * greatest(1.5, least(50, 1.5 * most / greatest(1, cardinality(places))));
    looked := case when looked * 2 > asked then asked else looked end;
    way := 'plan';
  end loop;

  with scored as materialized (
    select p.n, coalesce(sum(w.weight), 0) as score
    from unnest(places) with ordinality as p (room, seq, at, words, n)
    left join unnest(queries, weights) as w (query, weight) on any_word and p.words @@ w.query
    group by p.n
  ), best as materialized (
    select p.room, p.seq, p.at, s.score from scored s join unnest(places) with ordinality as p (room, seq, at, words, n) using (n)
    order by s.score desc, p.at desc, p.room, p.seq desc limit (input ->> 'limit')::integer
  )
  select jsonb_build_object(
    'rooms', to_jsonb(coalesce(array_agg(room), '{}')), 'seqs', to_jsonb(coalesce(array_agg(seq), '{}')),
    'scores', to_jsonb(coalesce(array_agg(score), '{}')), 'total', least(cardinality(places), 500), 'known', known)
    from best into answer;
  return answer;
end
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 26}'::jsonb $$;
select seal('{}', array['search_by_room', 'search_way', 'search_messages', 'schema_version']);
