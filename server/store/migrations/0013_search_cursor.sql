-- For an index outside the database: what it has still to read, in which order changes of a room came, and whose index it is.

-- One row, made when somebody asks. It goes along with a backup, so that a restored hub finds its index again.
create table installation (
  one boolean primary key default true check (one),
  id uuid not null default gen_random_uuid()
);

-- input: {}; answer: {id}
create function installation_id(input jsonb) returns jsonb language plpgsql as $$
begin
  insert into installation default values on conflict do nothing;
  return (select jsonb_build_object('id', id) from installation);
end
$$;

-- As search_changes, and with it `logs`: {room: {epoch, head}} as they were when these messages were read, and `anew`: the rooms of which
-- an earlier epoch was read so far. input: {cursor, limit}; answer: {messages, cursors, more, logs, anew: [room]}
create function index_changes(input jsonb) returns jsonb language sql stable as $$
  with read as materialized (
    select search_changes(input) as changes
  ), places as (
    select c.room from read, jsonb_to_recordset(changes -> 'cursors') as c (room text)
  )
  select changes || jsonb_build_object(
    'logs', (
      select coalesce(jsonb_object_agg(r.id, jsonb_build_object('epoch', r.epoch, 'head', r.head)), '{}')
      from rooms r join places p on p.room = r.id),
    'anew', (
      select coalesce(jsonb_agg(r.id), '[]')
      from rooms r join places p on p.room = r.id join search_cursors c on c.cursor = input ->> 'cursor' and c.room = r.id
      where c.epoch <> r.epoch))
  from read
$$;

-- Entries of all logs that were read, and that are still to be read. input: {cursor}; answer: {read, behind}
create function index_progress(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('read', coalesce(sum(done), 0), 'behind', coalesce(sum(head - done), 0))
  from (
    select r.head, case when c.epoch = r.epoch then least(c.seq, r.head) else 0 end as done
    from rooms r left join search_cursors c on c.cursor = input ->> 'cursor' and c.room = r.id
  ) as logs
$$;

-- Indices of which something is known, by the names of their cursors. input: {}; answer: {cursors}
create function known_indices(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('cursors', coalesce(jsonb_agg(distinct cursor), '[]')) from search_cursors
$$;

-- input: {cursor}; answer: {}
create function forget_index(input jsonb) returns jsonb language sql as $$
  delete from search_cursors where cursor = input ->> 'cursor';
  select '{}'::jsonb
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 13}'::jsonb $$;
select seal(
  array['installation'],
  array['installation_id', 'index_changes', 'index_progress', 'known_indices', 'forget_index', 'schema_version']
);
