-- People and how they sign in. Secrets are kept as hashes only: a dump of these tables lets nobody in (attack 29).

create table users (
  id text primary key check (length(id) between 1 and 128),
  name text not null,
  role text not null check (role in ('guest', 'member', 'bot', 'admin')),
  -- the login name; guests, bots and people of foreign token issuers have none
  email text unique check (email = lower(email)),
  password_hash text,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

-- One sign-in on one device. Access tokens name it in `sid`, so that ending it ends them too.
create table sessions (
  id text primary key default gen_random_uuid()::text,
  user_id text not null references users (id),
  -- the program that signed in, for a person to tell their sessions apart
  client text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text,
  -- how often the session was refreshed, and when last
  generation integer not null default 0,
  rotated_at timestamptz not null default now()
);
create index sessions_by_user on sessions (user_id);

-- Used ones stay as long as their session: only so is a second use seen.
create table refresh_tokens (
  hash bytea primary key check (length(hash) = 32),
  session_id text not null references sessions (id) on delete cascade,
  -- the session's generation that this token belongs to; several tokens share one when tabs refreshed at once
  generation integer not null,
  created_at timestamptz not null default now()
);
create index refresh_tokens_by_session on refresh_tokens (session_id);

create table sign_in_links (
  hash bytea primary key check (length(hash) = 32),
  user_id text not null references users (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

create function user_json(account users) returns jsonb language sql immutable as $$
  select jsonb_strip_nulls(jsonb_build_object('id', account.id, 'name', account.name, 'role', account.role,
    'email', account.email, 'disabled', account.disabled_at is not null))
$$;

-- input: {id}; answer: the user or null
create function get_user(input jsonb) returns jsonb language sql stable as $$
  select user_json(u) from users u where id = input ->> 'id'
$$;

-- The person behind a valid token. Someone unknown is written down; someone known is never changed.
-- input: {id, name, role, session?}; answer: {user, ended}, `ended` when the session is known here and over
create function ensure_user(input jsonb) returns jsonb language plpgsql as $$
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
  return jsonb_build_object('user', user_json(account),
    'ended', coalesce(login.revoked_at is not null or login.expires_at <= now(), false));
end $$;

-- input: {id, name, role, email?, passwordHash?}; answer: {user} or {taken: 'id' | 'email'}
create function register_user(input jsonb) returns jsonb language plpgsql as $$
declare
  account users;
begin
  insert into users (id, name, role, email, password_hash)
  values (input ->> 'id', input ->> 'name', input ->> 'role', input ->> 'email', input ->> 'passwordHash')
  on conflict do nothing
  returning * into account;
  if found then
    return jsonb_build_object('user', user_json(account));
  end if;
  return jsonb_build_object('taken',
    case when exists (select from users where email = input ->> 'email') then 'email' else 'id' end);
end $$;

-- input: {email}; answer: {user, passwordHash} or null
create function find_login(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('user', user_json(u), 'passwordHash', password_hash)
  from users u where email = input ->> 'email' and password_hash is not null
$$;

-- input: {user, client?, seconds, refreshHash?}; answer: {user, session}, or null when the person is unknown or disabled
create function open_session(input jsonb) returns jsonb language plpgsql as $$
declare
  account users;
  opened text;
begin
  -- locked, so that whoever disables this person sees the session or prevents it
  select * into account from users where id = input ->> 'user' and disabled_at is null for share;
  if not found then
    return null;
  end if;
  delete from sessions where user_id = account.id and expires_at < now() - interval '1 day';
  insert into sessions (user_id, client, expires_at)
  values (account.id, input ->> 'client', now() + make_interval(secs => (input ->> 'seconds')::integer))
  returning id into opened;
  if input ? 'refreshHash' then
    insert into refresh_tokens (hash, session_id, generation)
    values (decode(input ->> 'refreshHash', 'hex'), opened, 0);
  end if;
  return jsonb_build_object('user', user_json(account), 'session', opened);
end $$;

-- Makes or renews a bot; its new session ends all it had. input: {id, name, client?, seconds}
-- answer: {user, session, ended: [session]} or null when the id is a person's or the bot is disabled
create function open_bot(input jsonb) returns jsonb language plpgsql as $$
declare
  account users;
  ended jsonb;
begin
  insert into users (id, name, role) values (input ->> 'id', input ->> 'name', 'bot')
  on conflict (id) do update set name = excluded.name where users.role = 'bot' and users.disabled_at is null
  returning * into account;
  if not found then
    return null;
  end if;
  with over as (
    update sessions set revoked_at = now(), revoked_reason = 'replaced'
    where user_id = account.id and revoked_at is null
    returning id
  )
  select coalesce(jsonb_agg(id), '[]') into ended from over;
  return open_session(input || jsonb_build_object('user', account.id)) || jsonb_build_object('ended', ended);
end $$;

-- Swaps a refresh token for the next one. All of a session's swaps are serialised by the lock on its row.
--
-- A token of the present generation begins the next one. A token of the generation just before gets one more token of the
-- present generation for `grace` seconds: two tabs that refresh at once both send the same token, and so does a page that
-- lost the answer. Any other token was stolen, or its copy was: the session ends, for the thief and for the owner alike.
-- Tokens of one generation cannot go on side by side: the first to be used makes the others old.
--
-- input: {hash, nextHash, grace, seconds}; answer: {outcome: 'rotated' | 'unknown' | 'ended' | 'reused', user?, session?}
create function rotate_refresh(input jsonb) returns jsonb language plpgsql as $$
declare
  sent refresh_tokens;
  login sessions;
  account users;
begin
  select * into sent from refresh_tokens where hash = decode(input ->> 'hash', 'hex');
  select * into login from sessions where id = sent.session_id for update;
  if not found then
    return '{"outcome": "unknown"}';
  end if;
  select * into account from users where id = login.user_id;
  if login.revoked_at is not null or login.expires_at <= now() or account.disabled_at is not null then
    return jsonb_build_object('outcome', 'ended', 'user', user_json(account), 'session', login.id);
  end if;
  if sent.generation < login.generation - 1 or (sent.generation = login.generation - 1
      and login.rotated_at < now() - make_interval(secs => (input ->> 'grace')::integer)) then
    update sessions set revoked_at = now(), revoked_reason = 'refresh token used twice' where id = login.id;
    return jsonb_build_object('outcome', 'reused', 'user', user_json(account), 'session', login.id);
  end if;
  update sessions set
    generation = sent.generation + 1,
    rotated_at = case when sent.generation = login.generation then now() else login.rotated_at end,
    last_seen_at = now(),
    expires_at = now() + make_interval(secs => (input ->> 'seconds')::integer)
  where id = login.id;
  insert into refresh_tokens (hash, session_id, generation)
  values (decode(input ->> 'nextHash', 'hex'), login.id, sent.generation + 1);
  return jsonb_build_object('outcome', 'rotated', 'user', user_json(account), 'session', login.id);
end $$;

-- Ends the session of that id, or the one the refresh token belongs to. input: {session | hash, reason};
-- answer: the id of the session, or null when it was unknown or over already
create function revoke_session(input jsonb) returns jsonb language plpgsql as $$
declare
  ended text;
begin
  update sessions set revoked_at = now(), revoked_reason = input ->> 'reason'
  where revoked_at is null and id = coalesce(input ->> 'session',
    (select session_id from refresh_tokens where hash = decode(input ->> 'hash', 'hex')))
  returning id into ended;
  return to_jsonb(ended);
end $$;

-- Which of these may no longer be used, so that a node can close their sockets (attack 12).
-- input: {sessions: [id]}; answer: {ended: [id]}
create function ended_sessions(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('ended', coalesce(jsonb_agg(s.id), '[]'))
  from sessions s join users u on u.id = s.user_id
  where s.id in (select jsonb_array_elements_text(input -> 'sessions'))
    and (s.revoked_at is not null or s.expires_at <= now() or u.disabled_at is not null)
$$;

-- input: {user, hash, seconds}; answer: null
create function make_link(input jsonb) returns jsonb language plpgsql as $$
begin
  delete from sign_in_links where expires_at < now() - interval '1 day';
  insert into sign_in_links (hash, user_id, expires_at)
  values (decode(input ->> 'hash', 'hex'), input ->> 'user', now() + make_interval(secs => (input ->> 'seconds')::integer));
  return null;
end $$;

-- Uses a link up. input: {hash}; answer: the user's id or null
create function use_link(input jsonb) returns jsonb language plpgsql as $$
declare
  owner text;
begin
  update sign_in_links set used_at = now()
  where hash = decode(input ->> 'hash', 'hex') and used_at is null and expires_at > now()
  returning user_id into owner;
  return to_jsonb(owner);
end $$;
