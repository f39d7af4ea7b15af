-- Closes the schema to everyone but the hub. A Supabase project offers every table and function of its schema `public` to all who hold
-- its public key or an account (the roles `anon` and `authenticated`); the hub comes as `service_role` there, and as the owner of all
-- this elsewhere, where none of these roles need exist. All functions run with the rights of who calls them.
--
-- Every later migration ends like this one: seal() for the tables and functions that it made, and schema_version() with its own number.

-- Row level security on and no policy: should a right be granted by mistake, there are still no rows. It does not bind the owner and
-- `service_role`.
create function seal(tables text[], functions text[]) returns void language plpgsql as $$
declare
  strangers text := (
    select string_agg(quote_ident(name), ', ')
    from (select 'anon' as name union all select 'authenticated') as named
    where exists (select from pg_roles where rolname = name));
  hub boolean := exists (select from pg_roles where rolname = 'service_role');
  thing text;
begin
  strangers := concat_ws(', ', 'public', strangers);
  foreach thing in array tables loop
    execute format('alter table %I enable row level security', thing);
    execute format('revoke all on table %I from %s', thing, strangers);
    if hub then
      execute format('grant select, insert, update, delete on table %I to service_role', thing);
    end if;
  end loop;
  for thing in
    select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = current_schema() and p.proname = any (functions)
  loop
    execute format('revoke all on function %s from %s', thing, strangers);
    if hub then
      execute format('grant execute on function %s to service_role', thing);
    end if;
  end loop;
  -- PostgREST keeps a list of the functions; without one listening, this is nothing.
  notify pgrst, 'reload schema';
end
$$;

-- The number of the newest migration here, whatever program installed it: `court migrate` or the Supabase CLI.
-- input: {}; answer: {version}
create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 5}'::jsonb $$;

select seal(
  array[
    'users', 'sessions', 'refresh_tokens', 'sign_in_links', 'rooms', 'events', 'members', 'bans', 'messages',
    'reactions', 'mentions', 'probes'
  ],
  array[
    'user_json', 'get_user', 'ensure_user', 'register_user', 'find_login', 'open_session', 'open_bot',
    'rotate_refresh', 'revoke_session', 'ended_sessions', 'make_link', 'use_link', 'iso', 'event_json', 'room_json',
    'message_json', 'probe', 'rank', 'refusal', 'posting_refusal', 'mentioned', 'set_mentions', 'apply_message',
    'apply_change', 'apply_membership', 'apply_settings', 'append_draft', 'append_events', 'create_room', 'access',
    'first_readable', 'events_page', 'newest_messages', 'open_room', 'open_feed', 'feed_events', 'room_heads',
    'read_events', 'read_messages', 'list_rooms', 'mark_read', 'known_users', 'room_mates', 'seal', 'schema_version'
  ]
);
-- The list that `court migrate` keeps; the Supabase CLI keeps one of its own.
select seal(array['schema_migrations'], '{}') where to_regclass('schema_migrations') is not null;
