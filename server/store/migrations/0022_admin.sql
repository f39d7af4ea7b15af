-- What admins do and see: people and their standing, bans, rooms, the nodes and what they are told, and the audit log in pages.

alter table users
  -- lifted by itself then; null: by an admin alone
  add column disabled_until timestamptz,
  add column disabled_reason text,
  add column disabled_by text,
  -- an admin gave this role here, and it holds over what tokens say
  add column role_given boolean not null default false,
  -- tokens that were made before then let nobody in
  add column signed_out_at timestamptz;
create index users_disabled_until on users (disabled_until) where disabled_until is not null;

alter table bans add column at timestamptz, add column author text references users (id);
create index bans_by_user on bans (user_id);

-- How each node stands, told by itself every second and a half; of one that has not for ten seconds nothing is expected.
create unlogged table node_reports (
  node text primary key,
  at timestamptz not null,
  report jsonb not null
);

-- What all nodes are asked to do at once, and what each has to say to it. They are looked for as often, so that a lost hint costs no more.
create unlogged table node_orders (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('sessions', 'disconnect')),
  body jsonb not null,
  at timestamptz not null default clock_timestamp()
);
create unlogged table node_answers (
  id uuid not null references node_orders (id) on delete cascade,
  node text not null,
  answer jsonb not null,
  primary key (id, node)
);

-- The person behind a valid token. Someone unknown is written down; someone known is never changed.
-- input: {id, name, role, session?, issuedAt?}, the last in seconds since 1970; answer: {user, ended, role?}, `ended` when the session is
-- known here and over, or everything from before a time was ended and the token does not show that it is younger; `role` when an admin gave it
create or replace function ensure_user(input jsonb) returns jsonb language plpgsql as $$
declare
  account users;
  login sessions;
begin
  select * into account from users where id = input ->> 'id';
  if not found then
    insert into users (id, name, role) values (input ->> 'id', input ->> 'name', input ->> 'role')
    on conflict (id) do nothing;
    select * into account from users where id = input ->> 'id';
  end if;
  select * into login from sessions where id = input ->> 'session' and user_id = account.id;
  if login.last_seen_at < now() - interval '1 minute' then
    update sessions set last_seen_at = now() where id = login.id;
  end if;
  return jsonb_build_object('user', user_json(account), 'ended', coalesce(
      case when login.id is null
        then coalesce(to_timestamp((input ->> 'issuedAt')::float), '-infinity') < account.signed_out_at
        else login.revoked_at is not null or login.expires_at <= now() end, false))
    || case when account.role_given then jsonb_build_object('role', account.role) else '{}' end;
end $$;

create function account_json(account users) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object('id', account.id, 'name', account.name, 'role', account.role, 'email', account.email,
    'createdAt', iso(account.created_at), 'lastSeenAt', iso((select max(last_seen_at) from sessions where user_id = account.id)),
    'disabled', case when account.disabled_at is not null then jsonb_build_object('at', iso(account.disabled_at),
      'until', iso(account.disabled_until), 'reason', account.disabled_reason, 'by', account.disabled_by) end))
$$;

-- input: {search?, role?, disabled?, cursor?, limit}; answer: {users, cursor?}
create function list_accounts(input jsonb) returns jsonb language sql stable as $$
  with page as (
    select u, row_number() over (order by u.id) as n from users u
    where u.id > coalesce(input ->> 'cursor', '')
      and (not input ? 'role' or u.role = input ->> 'role')
      and (not input ? 'disabled' or (u.disabled_at is not null) = (input ->> 'disabled')::boolean)
      and (not input ? 'search' or position(lower(input ->> 'search') in lower(concat_ws(' ', u.id, u.name, u.email))) > 0)
    order by u.id limit (input ->> 'limit')::integer + 1
  )
  select jsonb_build_object('users', coalesce(jsonb_agg(account_json(u) order by n) filter (where n <= (input ->> 'limit')::integer), '[]'))
    || case when count(*) > (input ->> 'limit')::integer
         then jsonb_build_object('cursor', max((u).id) filter (where n = (input ->> 'limit')::integer)) else '{}' end
  from page
$$;

create function ban_json(b bans) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object('room', b.room, 'user', b.user_id, 'name', (select name from users where id = b.user_id),
    'until', iso(b.until), 'reason', b.reason, 'by', b.author, 'at', iso(b.at)))
$$;

-- {} | {muted: {until?}}
create function muted_json(m members) returns jsonb language sql stable as $$
  select case when m.muted_until > now()
    then jsonb_build_object('muted', jsonb_strip_nulls(jsonb_build_object('until', iso(m.muted_until)))) else '{}' end
$$;

-- input: {user}; answer: null or {user, sessions: [{id, client?, createdAt, lastSeenAt, expiresAt}], rooms: [{room, title, role, muted?}], bans};
-- of each the first two hundred
create function show_account(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('user', account_json(u),
    'sessions', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', s.id, 'client', s.client, 'createdAt', iso(s.created_at),
        'lastSeenAt', iso(s.last_seen_at), 'expiresAt', iso(s.expires_at))) order by s.last_seen_at desc)
      from (select * from sessions where user_id = u.id and revoked_at is null and expires_at > now()
        order by last_seen_at desc limit 200) as s), '[]'),
    'rooms', coalesce((select jsonb_agg(jsonb_build_object('room', m.room, 'title', r.title, 'role', m.role) || muted_json(m) order by m.room)
      from (select * from members where user_id = u.id order by room limit 200) as x
        join members m on (m.room, m.user_id) = (x.room, x.user_id) join rooms r on r.id = m.room), '[]'),
    'bans', coalesce((select jsonb_agg(ban_json(b) order by b.room) from bans b
      where b.user_id = u.id and coalesce(b.until, 'infinity') > now()), '[]'))
  from users u where u.id = input ->> 'user'
$$;

-- Somebody must be able to let others in. One at a time, so that two do not take away each other's role.
create function last_admin(account users) returns boolean language plpgsql as $$
begin
  perform pg_advisory_xact_lock(4703241022);
  return account.role = 'admin' and account.disabled_at is null
    and not exists (select from users where role = 'admin' and disabled_at is null and id <> account.id);
end
$$;

-- input: {user, role, by}; answer: {user} | {error}
create function give_role(input jsonb) returns jsonb language plpgsql as $$
declare
  account users;
  given users;
begin
  select * into account from users where id = input ->> 'user' for update;
  if account.id is null then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  elsif account.role = 'bot' then
    return jsonb_build_object('error', refusal('conflict', 'A bot stays a bot. What it may do is said by its scopes.'));
  elsif input ->> 'role' <> 'admin' and last_admin(account) then
    return jsonb_build_object('error', refusal('conflict', 'This is the last admin. Make somebody else one first.'));
  end if;
  update users set role = input ->> 'role', role_given = true where id = account.id returning * into given;
  if account.role <> given.role or not account.role_given then
    perform audit_append(input ->> 'by', 'user.role', jsonb_build_object('user', account.id, 'from', account.role, 'to', given.role));
  end if;
  return jsonb_build_object('user', account_json(given));
end
$$;

-- input: {user, until?, reason?, by}; answer: {user} | {error}
create function disable_user(input jsonb) returns jsonb language plpgsql as $$
declare
  account users;
begin
  select * into account from users where id = input ->> 'user' for update;
  if account.id is null then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  elsif (input ->> 'until')::timestamptz <= now() then
    return jsonb_build_object('error', refusal('bad_request', 'until: is over already'));
  elsif last_admin(account) then
    return jsonb_build_object('error', refusal('conflict', 'This is the last admin. Make somebody else one first.'));
  end if;
  update users set disabled_at = coalesce(disabled_at, now()), disabled_until = (input ->> 'until')::timestamptz,
      disabled_reason = input ->> 'reason', disabled_by = input ->> 'by'
    where id = account.id returning * into account;
  perform audit_append(input ->> 'by', 'user.disabled', jsonb_strip_nulls(
    jsonb_build_object('user', account.id, 'until', iso(account.disabled_until), 'reason', account.disabled_reason)));
  return jsonb_build_object('user', account_json(account));
end
$$;

-- input: {user, by}; answer: {user} | {error}
create function enable_user(input jsonb) returns jsonb language plpgsql as $$
declare
  account users;
  was boolean;
begin
  select * into account from users where id = input ->> 'user' for update;
  if account.id is null then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  end if;
  was := account.disabled_at is not null;
  update users set disabled_at = null, disabled_until = null, disabled_reason = null, disabled_by = null
    where id = account.id returning * into account;
  if was then
    perform audit_append(input ->> 'by', 'user.enabled', jsonb_build_object('user', account.id));
  end if;
  return jsonb_build_object('user', account_json(account));
end
$$;

-- Ends every sign-in, and with them what was made before by whoever signs tokens for this hub. input: {user, by}
-- answer: {ended: [session]} | {error}
create function sign_out_user(input jsonb) returns jsonb language plpgsql as $$
declare
  over jsonb;
begin
  update users set signed_out_at = clock_timestamp() where id = input ->> 'user';
  if not found then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  end if;
  with gone as (
    update sessions set revoked_at = now(), revoked_reason = 'signed out by an admin'
    where user_id = input ->> 'user' and revoked_at is null and expires_at > now() returning id
  )
  select coalesce(jsonb_agg(id), '[]') into over from gone;
  delete from sign_in_links where user_id = input ->> 'user';
  perform audit_append(input ->> 'by', 'user.signed_out', jsonb_build_object('user', input ->> 'user', 'sessions', jsonb_array_length(over)));
  return jsonb_build_object('ended', over);
end
$$;

-- Null: may look after this room.
create function keeper_refusal(room_id text, who text, admin boolean) returns jsonb language sql stable as $$
  select case
    when r.id is null or (r.kind <> 'public' and m.user_id is null and not admin) then refusal('not_found', 'There is no such room.')
    when rank(m.role, admin) < 2 then refusal('forbidden', 'Only moderators and owners look after a room.') end
  from (select 1) as one
    left join rooms r on r.id = room_id
    left join members m on m.room = room_id and m.user_id = who
$$;

-- input: {room?, user?, cursor?, limit, by, admin}; answer: {bans, cursor?} | {error}. A cursor is the room, a space and the user.
create function list_bans(input jsonb) returns jsonb language plpgsql stable as $$
declare
  refused jsonb;
  last text := input ->> 'cursor';
  page integer := (input ->> 'limit')::integer;
  found jsonb;
begin
  if input ? 'room' then
    refused := keeper_refusal(input ->> 'room', input ->> 'by', (input ->> 'admin')::boolean);
  elsif not (input ->> 'admin')::boolean then
    refused := refusal('forbidden', 'Name a room that you look after; all bans are for admins to see.');
  end if;
  if refused is not null then
    return jsonb_build_object('error', refused);
  end if;
  select coalesce(jsonb_agg(ban_json(b) order by b.room, b.user_id), '[]') into found from (
    select * from bans where coalesce(until, 'infinity') > now()
      and (not input ? 'room' or room = input ->> 'room') and (not input ? 'user' or user_id = input ->> 'user')
      and (last is null or (room, user_id) > (split_part(last, ' ', 1), substr(last, length(split_part(last, ' ', 1)) + 2)))
    order by room, user_id limit page + 1) as x join bans b on (b.room, b.user_id) = (x.room, x.user_id);
  if jsonb_array_length(found) <= page then
    return jsonb_build_object('bans', found);
  end if;
  found := found - page;
  return jsonb_build_object('bans', found, 'cursor', format('%s %s', found -> -1 ->> 'room', found -> -1 ->> 'user'));
end
$$;

-- input: {room, user, by, admin}; answer: {} | {error}
create function lift_ban(input jsonb) returns jsonb language plpgsql as $$
declare
  refused jsonb := keeper_refusal(input ->> 'room', input ->> 'by', (input ->> 'admin')::boolean);
begin
  if refused is not null then
    return jsonb_build_object('error', refused);
  end if;
  delete from bans where room = input ->> 'room' and user_id = input ->> 'user' and coalesce(until, 'infinity') > now();
  if not found then
    return jsonb_build_object('error', refusal('not_found', 'This user is not banned from this room.'));
  end if;
  perform audit_append(input ->> 'by', 'ban.lifted', jsonb_build_object('room', input ->> 'room', 'user', input ->> 'user'));
  return '{}';
end
$$;

-- A ban is made by an entry of the room's log, which says by whom and when; the audit log of the hub has it too.
create function ban_told() returns trigger language plpgsql as $$
begin
  -- what a backup holds was told before
  if current_setting('first_court.restoring', true) = 'on' then
    return null;
  end if;
  update bans set at = new.at, author = new.author where room = new.room and user_id = new.data ->> 'user';
  perform audit_append(new.author, 'ban.set', jsonb_build_object('room', new.room, 'user', new.data ->> 'user') || (new.data -> 'ban'));
  return null;
end
$$;
create trigger ban_told after insert on events for each row
  when (new.type = 'member.removed' and new.data ? 'ban') execute function ban_told();

-- input: {room, user, admin}; answer: {room, role?, members: [{user, name, role, muted?}] | {count}, bans?} | {error}; who is muted, and how
-- many are banned, is for those who look after the room
create function show_room(input jsonb) returns jsonb language plpgsql stable as $$
declare
  r rooms;
  mine members;
  admin boolean := (input ->> 'admin')::boolean;
  keeper boolean;
  people integer;
begin
  select * into r from rooms where id = input ->> 'room';
  select * into mine from members where room = r.id and user_id = input ->> 'user';
  if r.id is null or (mine.user_id is null and r.kind <> 'public' and not admin) then
    return jsonb_build_object('error', refusal('not_found', 'There is no such room.'));
  elsif mine.user_id is null and not admin then
    return jsonb_build_object('error', refusal('forbidden', 'Join the room first.'));
  end if;
  keeper := rank(mine.role, admin) >= 2;
  select count(*) into people from members where room = r.id;
  return jsonb_build_object('room', room_json(r), 'members', case when people > 200 then jsonb_build_object('count', people) else (
      select coalesce(jsonb_agg(jsonb_build_object('user', m.user_id, 'name', u.name, 'role', m.role)
        || case when keeper then muted_json(m) else '{}' end order by rank(m.role) desc, m.user_id), '[]')
      from members m join users u on u.id = m.user_id where m.room = r.id) end)
    || case when mine.user_id is null then '{}' else jsonb_build_object('role', mine.role) end
    || case when keeper then jsonb_build_object('bans', (select count(*) from bans
      where room = r.id and coalesce(until, 'infinity') > now())) else '{}' end;
end
$$;

-- Every room, whoever is in it. input: {search?, cursor?, limit}; answer: {rooms: [{...room, members}], cursor?}
create function all_rooms(input jsonb) returns jsonb language sql stable as $$
  with page as (
    select r, row_number() over (order by r.id) as n from rooms r
    where r.id > coalesce(input ->> 'cursor', '')
      and (not input ? 'search' or position(lower(input ->> 'search') in lower(concat_ws(' ', r.id, r.title))) > 0)
    order by r.id limit (input ->> 'limit')::integer + 1
  )
  select jsonb_build_object('rooms', coalesce(jsonb_agg(room_json(r)
      || jsonb_build_object('members', (select count(*) from members where room = (r).id)) order by n)
      filter (where n <= (input ->> 'limit')::integer), '[]'))
    || case when count(*) > (input ->> 'limit')::integer
         then jsonb_build_object('cursor', max((r).id) filter (where n = (input ->> 'limit')::integer)) else '{}' end
  from page
$$;

-- A node tells how it stands, and looks whether something was decided about the people whose sockets it has. Lifts what was to last until now.
-- input: {node, report, users: [id]}; answer: {people: {id: {disabled, role?, signedOutMs?}}, orders: [{id, kind, body, ageMs}]}; people of whom
-- there is something to say, times as milliseconds since, and orders of the last half minute that this node has not answered
create function node_look(input jsonb) returns jsonb language plpgsql as $$
declare
  lifted text;
begin
  -- what is about now need not outlive the machine
  perform set_config('synchronous_commit', 'off', true);
  for lifted in
    update users set disabled_at = null, disabled_until = null, disabled_reason = null, disabled_by = null
      where disabled_until <= now() returning id
  loop
    perform audit_append('hub', 'user.enabled', jsonb_build_object('user', lifted, 'why', 'its time was over'));
  end loop;
  insert into node_reports (node, at, report) values (input ->> 'node', clock_timestamp(), input -> 'report')
    on conflict (node) do update set at = excluded.at, report = excluded.report;
  return jsonb_build_object(
    'people', coalesce((
      select jsonb_object_agg(u.id, jsonb_strip_nulls(jsonb_build_object('disabled', u.disabled_at is not null,
        'role', case when u.role_given then u.role end, 'signedOutMs', extract(epoch from clock_timestamp() - u.signed_out_at) * 1000)))
      from users u where (u.disabled_at is not null or u.role_given or u.signed_out_at is not null)
        and u.id in (select jsonb_array_elements_text(input -> 'users'))), '{}'),
    'orders', coalesce((
      select jsonb_agg(jsonb_build_object('id', o.id, 'kind', o.kind, 'body', o.body, 'ageMs', extract(epoch from clock_timestamp() - o.at) * 1000)
        order by o.at)
      from node_orders o where o.at > clock_timestamp() - interval '30 seconds'
        and not exists (select from node_answers a where a.id = o.id and a.node = input ->> 'node')), '[]'));
end
$$;

-- input: {node}; answer: {}. A node that goes is not waited for.
create function node_leave(input jsonb) returns jsonb language sql as $$
  delete from node_reports where node = input ->> 'node';
  select '{}'::jsonb
$$;

-- input: {}; answer: {nodes: [{node, ageMs, report}], outbox: {waiting, dead}}; counting ends at ten thousand
create function node_figures(input jsonb) returns jsonb language sql as $$
  delete from node_reports where at < now() - interval '1 hour';
  select jsonb_build_object(
    'nodes', coalesce((select jsonb_agg(jsonb_build_object('node', node, 'report', report,
      'ageMs', extract(epoch from clock_timestamp() - at) * 1000) order by node) from node_reports), '[]'),
    'outbox', jsonb_build_object(
      'waiting', (select count(*) from (select from outbox where state = 'waiting' limit 10000) as o),
      'dead', (select count(*) from (select from outbox where state = 'dead' limit 10000) as o)))
$$;
create index outbox_dead on outbox (at) where state = 'dead';

-- Asks all nodes. input: {kind, body, by, audit?: {action, about}}; answer: {id, nodes: [name]}, those that should answer
create function node_order(input jsonb) returns jsonb language plpgsql as $$
declare
  asked uuid;
begin
  delete from node_orders where at < clock_timestamp() - interval '1 minute';
  insert into node_orders (kind, body) values (input ->> 'kind', input -> 'body') returning id into asked;
  if input ? 'audit' then
    perform audit_append(input ->> 'by', input #>> '{audit,action}', input #> '{audit,about}');
  end if;
  return jsonb_build_object('id', asked, 'nodes', coalesce((
    select jsonb_agg(node order by node) from node_reports where at > clock_timestamp() - interval '10 seconds'), '[]'));
end
$$;

-- input: {id, node, answer}; answer: {}
create function node_answer(input jsonb) returns jsonb language sql as $$
  insert into node_answers (id, node, answer)
    select id, input ->> 'node', input -> 'answer' from node_orders where id = (input ->> 'id')::uuid
    on conflict do nothing;
  select '{}'::jsonb
$$;

-- input: {id}; answer: {answers: {node: answer}}
create function node_answers_of(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('answers', coalesce(jsonb_object_agg(node, answer), '{}'))
  from node_answers where id = (input ->> 'id')::uuid
$$;

-- Without a look at the chain, which is verify_audit's. An action stands for all that begin with it and a dot.
-- input: {action?, before?, after?, limit}; answer: {entries: [{n, at, by, action, about, hash}]}, the newest first, or with `after` the oldest
create or replace function read_audit(input jsonb) returns jsonb language sql stable as $$
  with page as (
    select *, row_number() over (order by case when input ? 'after' then n else -n end) as place from audit
    where (not input ? 'action' or action = input ->> 'action' or starts_with(action, (input ->> 'action') || '.'))
      and n < coalesce((input ->> 'before')::bigint, 9e18::bigint) and n > coalesce((input ->> 'after')::bigint, 0)
    order by place limit (input ->> 'limit')::integer
  )
  select jsonb_build_object('entries', coalesce(jsonb_agg(jsonb_build_object('n', n, 'at', iso(at), 'by', author, 'action', action,
    'about', about, 'hash', encode(hash, 'hex')) order by place), '[]'))
  from page
$$;

-- A stretch of the chain, tied to the line before it. input: {after, limit}; answer: {checked, last?, broken?}: how many lines, the number of the
-- last, and of the first that is not as it was written or stands in a gap
create function verify_audit(input jsonb) returns jsonb language sql stable as $$
  with part as (
    select a, lag((a).n) over (order by (a).n) as before, lag((a).hash) over (order by (a).n) as before_hash
    from (select a from audit a where n >= (input ->> 'after')::bigint order by n limit (input ->> 'limit')::integer + 1) as x (a)
  )
  select jsonb_strip_nulls(jsonb_build_object('checked', count(*), 'last', max((a).n),
    'broken', min((a).n) filter (where (a).n <> coalesce(before, 0) + 1 or (a).hash <> audit_hash(before_hash, a))))
  from part where (a).n > (input ->> 'after')::bigint
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 22}'::jsonb $$;
select seal(
  array['node_reports', 'node_orders', 'node_answers'],
  array[
    'ensure_user', 'account_json', 'list_accounts', 'ban_json', 'show_account', 'muted_json', 'last_admin', 'give_role', 'disable_user',
    'enable_user', 'sign_out_user', 'keeper_refusal', 'list_bans', 'lift_ban', 'ban_told', 'show_room', 'all_rooms', 'node_look', 'node_leave',
    'node_figures', 'node_order', 'node_answer', 'node_answers_of', 'read_audit', 'verify_audit', 'schema_version'
  ]
);
