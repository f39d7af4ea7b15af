-- What must run on one node at a time: a lease that its holder renews, and that anybody may take once it has run out.

create table leases (
  name text primary key,
  node text not null,
  until timestamptz not null
);

-- input: {name, node, seconds}; answer: {held}. The database's clock alone decides, so nodes need not agree on the time.
create function take_lease(input jsonb) returns jsonb language sql as $$
  with taken as (
    insert into leases (name, node, until)
      values (input ->> 'name', input ->> 'node', clock_timestamp() + make_interval(secs => (input ->> 'seconds')::float))
      on conflict (name) do update set node = excluded.node, until = excluded.until
        where leases.node = excluded.node or leases.until < clock_timestamp()
      returning 1
  )
  select jsonb_build_object('held', exists (select from taken))
$$;

-- Gives a lease back, so that the next node need not wait for its end. input: {name, node}; answer: {}
create function end_lease(input jsonb) returns jsonb language sql as $$
  delete from leases where name = input ->> 'name' and node = input ->> 'node';
  select '{}'::jsonb
$$;

-- Takes away what has run out and is of no use to anybody: sessions with their refresh tokens a month after their end, sign-in links
-- and bans after theirs, marks of nodes that are gone. input: {}; answer: how many of each
create function sweep(input jsonb) returns jsonb language sql as $$
  with ended as (
    delete from sessions where least(expires_at, coalesce(revoked_at, expires_at)) < now() - interval '30 days' returning 1
  ), links as (
    delete from sign_in_links where expires_at < now() - interval '1 day' returning 1
  ), lifted as (
    delete from bans where until < now() returning 1
  ), gone as (
    delete from probes where at < now() - interval '1 day' returning 1
  )
  select jsonb_build_object(
    'sessions', (select count(*) from ended), 'links', (select count(*) from links),
    'bans', (select count(*) from lifted), 'probes', (select count(*) from gone))
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 6}'::jsonb $$;
select seal(array['leases'], array['take_lease', 'end_lease', 'sweep', 'schema_version']);
