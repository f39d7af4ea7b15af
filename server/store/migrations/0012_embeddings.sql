-- Vectors of messages, for search by meaning: what a model made of each text, as signed bytes with their scale. All of it can be made again
-- from the logs and is; a backup leaves it out. Nothing is kept of rooms in which AI is off, nor of messages that are gone.

create table vectors (
  -- names the provider, the model and the dimensions: only vectors of one space can be compared
  space text not null,
  room text not null,
  seq bigint not null,
  -- grows with each change within a space, so that nodes can read on from where they are
  version bigint not null,
  -- null: there is none any more
  scale real,
  bytes bytea,
  primary key (room, seq, space)
);
create unique index vectors_by_version on vectors (space, version);

-- One writer at a time: versions are committed in their order, and nobody who reads on misses one.
create function vectors_turn(wanted text) returns bigint language plpgsql as $$
begin
  perform pg_advisory_xact_lock(4703241012);
  return (select coalesce(max(version), 0) from vectors where space = wanted);
end
$$;

-- input: {space, vectors: [{room, seq, scale?, bytes?}]}, bytes in base64; without them the vector goes; answer: {}
create function write_vectors(input jsonb) returns jsonb language plpgsql as $$
declare
  wanted constant text := input ->> 'space';
  base constant bigint := vectors_turn(wanted);
begin
  insert into vectors as v (space, room, seq, version, scale, bytes)
    select wanted, g.room, g.seq, base + row_number() over (order by g.room, g.seq), g.scale, decode(g.bytes, 'base64')
    from jsonb_to_recordset(input -> 'vectors') as g (room text, seq bigint, scale real, bytes text)
    join rooms r on r.id = g.room
    join messages m on m.room = g.room and m.seq = g.seq
    -- Between the reading of a text and the writing of its vector somebody may have thought better of it.
    where case when g.bytes is null then exists (select from vectors o where o.room = g.room and o.seq = g.seq and o.space = wanted)
      else r.ai and m.deleted_at is null end
    on conflict (room, seq, space) do update set version = excluded.version, scale = excluded.scale, bytes = excluded.bytes;
  return '{}';
end
$$;

-- Takes out what must not be there any more: other spaces, and rooms in which AI was turned off, which begin anew when it is turned on.
-- input: {space}; answer: {}
create function tend_vectors(input jsonb) returns jsonb language plpgsql as $$
declare
  wanted constant text := input ->> 'space';
  base bigint;
begin
  delete from search_cursors where cursor like 'vectors:%'
    and (cursor <> 'vectors:' || wanted or room in (select id from rooms where not ai));
  delete from vectors where space < wanted or space > wanted;
  if exists (select from vectors v join rooms r on r.id = v.room and not r.ai where v.space = wanted and v.bytes is not null) then
    base := vectors_turn(wanted);
    update vectors v set scale = null, bytes = null, version = base + gone.n
      from (select v.room, v.seq, row_number() over (order by v.room, v.seq) as n from vectors v
        join rooms r on r.id = v.room and not r.ai where v.space = wanted and v.bytes is not null) as gone
      where v.space = wanted and v.room = gone.room and v.seq = gone.seq;
  end if;
  return '{}';
end
$$;

-- A deleted message's vector goes with its text, whether or not anybody makes vectors just now.
create function forget_vector() returns trigger language plpgsql as $$
declare
  kept text;
begin
  for kept in select space from vectors where room = new.room and seq = new.seq and bytes is not null loop
    update vectors set scale = null, bytes = null, version = vectors_turn(kept) + 1
      where room = new.room and seq = new.seq and space = kept;
  end loop;
  return null;
end
$$;
create trigger forget_vector after update of deleted_at on messages for each row
  when (new.deleted_at is not null and old.deleted_at is null) execute function forget_vector();

-- What changed in rooms with AI since the cursor, as search_changes says it.
-- input: {space, limit}; answer: {messages: [{room, seq, id, at, by, text, has, deleted?}], cursors: [{room, epoch, seq}], more}
create function vector_changes(input jsonb) returns jsonb language sql stable as $$
  with behind as (
    select r.id, r.epoch, case when c.epoch = r.epoch then c.seq else 0 end as after
    from rooms r left join search_cursors c on c.cursor = 'vectors:' || (input ->> 'space') and c.room = r.id
    where r.ai and (c.seq is null or c.epoch <> r.epoch or r.head > c.seq)
    order by r.id limit (input ->> 'limit')::integer
  ), entries as (
    select b.id as room, b.epoch, e.seq, e.type, e.target
    from behind b cross join lateral (
      select * from events e where e.room = b.id and e.seq > b.after order by e.seq limit (input ->> 'limit')::integer) e
    order by b.id, e.seq limit (input ->> 'limit')::integer
  ), touched as (
    select room, seq from entries where type = 'message.created'
    union
    select e.room, m.seq from entries e join messages m on m.room = e.room and m.id = e.target
      where e.type in ('message.edited', 'message.deleted')
  )
  select jsonb_build_object(
    'messages', coalesce((
      select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'room', m.room, 'seq', m.seq, 'id', m.id, 'at', iso(m.at), 'by', m.author, 'text', m.text, 'has', '[]'::jsonb,
        'deleted', case when m.deleted_at is not null then true end)) order by m.room, m.seq)
      from touched t join messages m on m.room = t.room and m.seq = t.seq), '[]'),
    'cursors', coalesce((select jsonb_agg(jsonb_build_object('room', room, 'epoch', epoch, 'seq', reached)) from (
      select room, epoch, max(seq) as reached from entries group by room, epoch) as c), '[]'),
    'more', (select count(*) from entries) = (input ->> 'limit')::integer)
$$;

-- input: {space, after, limit}; answer: {vectors: [{room, seq, scale?, bytes?}], version, more}
create function read_vectors(input jsonb) returns jsonb language sql stable as $$
  with page as (
    select * from vectors where space = input ->> 'space' and version > (input ->> 'after')::bigint
    order by version limit (input ->> 'limit')::integer
  )
  select jsonb_build_object(
    'vectors', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'room', room, 'seq', seq, 'scale', scale, 'bytes', translate(encode(bytes, 'base64'), e'\n', ''))) order by version), '[]'),
    'version', coalesce(max(version), (input ->> 'after')::bigint),
    'more', count(*) = (input ->> 'limit')::integer)
  from page
$$;

-- pgvector, where the database has it, finds the nearest by itself. Its type may be in any schema, and is named nowhere but in what runs
-- after a look; the column makes itself of the bytes, whose scale does not matter to a cosine.
create function vector_text(bytes bytea) returns text language sql immutable strict as $$
  select '[' || string_agg((((get_byte(bytes, i) + 128) & 255) - 128)::text, ',' order by i) || ']'
  from generate_series(0, length(bytes) - 1) as i
$$;
create function vector_schema() returns text language sql stable as $$
  select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'vector'
$$;

-- Takes pgvector into use, if it is there or can be installed. input: {}; answer: {there}
create function use_pgvector(input jsonb) returns jsonb language plpgsql as $$
begin
  if exists (select from pg_attribute where attrelid = 'vectors'::regclass and attname = 'point' and not attisdropped) then
    return '{"there": true}';
  end if;
  if not exists (select from pg_available_extensions where name = 'vector') then
    return '{"there": false}';
  end if;
  -- Hubs that start together do it once.
  perform pg_advisory_xact_lock(4703241012);
  create extension if not exists vector;
  execute format($made$
    create or replace function vector_point(bytes bytea) returns %1$I.vector language sql immutable strict
      as 'select vector_text(bytes)::%1$I.vector' $made$, vector_schema());
  execute format(
    'alter table vectors add column if not exists point %I.vector generated always as (vector_point(bytes)) stored', vector_schema());
  perform seal('{}', array['vector_point']);
  return '{"there": true}';
exception when insufficient_privilege then
  -- Who owns the database may do it: any hub or `court migrate` that signs in as its owner.
  return '{"there": false}';
end
$$;

-- input: {space, query, rooms: [{id, since}], limit}, where query is text of a vector; answer: {found: [{room, seq, score}]}
create function nearest_vectors(input jsonb) returns jsonb language plpgsql stable as $$
declare
  found jsonb;
begin
  execute format($look$
    select coalesce(jsonb_agg(jsonb_build_object('room', room, 'seq', seq, 'score', 1 - distance) order by distance), '[]') from (
      select v.room, v.seq, v.point operator(%1$I.<=>) $1::%1$I.vector as distance
      from jsonb_to_recordset($2) as r (id text, since bigint)
      join vectors v on v.room = r.id and v.seq >= r.since and v.space = $3 and v.point is not null
      order by distance limit $4) as best $look$, vector_schema())
    into found using input ->> 'query', input -> 'rooms', input ->> 'space', (input ->> 'limit')::integer;
  return jsonb_build_object('found', found);
end
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 12}'::jsonb $$;
select seal(
  array['vectors'],
  array['vectors_turn', 'write_vectors', 'tend_vectors', 
    'forget_vector', 'vector_changes', 'read_vectors', 'vector_text', 'vector_schema', 'use_pgvector', 'nearest_vectors',
    'schema_version'
  ]
);
select use_pgvector('{}');
