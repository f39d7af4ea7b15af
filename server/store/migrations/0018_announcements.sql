-- Announcements with their people, the outbox by which those who are not here are told, how they are reached, and the audit log.

-- Who did what, chained: each line holds the digest of itself and the one before, so that a change or a gap shows (attack 31).
create table audit (
  n bigint primary key,
  at timestamptz not null,
  author text not null,
  action text not null,
  about jsonb not null,
  hash bytea not null check (length(hash) = 32)
);

create function audit_hash(before bytea, line audit) returns bytea language sql immutable as $$
  select sha256(coalesce(before, ''::bytea) || convert_to(
    jsonb_build_array(line.n, iso(line.at), line.author, line.action, line.about)::text, 'UTF8'))
$$;

create function audit_append(by_whom text, what text, of jsonb) returns void language plpgsql as $$
declare
  last audit;
  line audit;
begin
  -- one after the other, until the end of the transaction, so that numbers come in the order of the commits
  perform pg_advisory_xact_lock(4703241018);
  select * into last from audit order by n desc limit 1;
  line := row (coalesce(last.n, 0) + 1, date_trunc('milliseconds', clock_timestamp()), by_whom, what, of, ''::bytea);
  line.hash := audit_hash(last.hash, line);
  insert into audit values (line.*);
end
$$;

-- A restore writes down another log whole, and says so; its chain tells whether that one was left alone.
create function audit_frozen() returns trigger language plpgsql as $$
begin
  if current_setting('first_court.restoring', true) = 'on' then
    return old;
  end if;
  raise exception 'The audit log only grows.';
end
$$;
create trigger audit_frozen before update or delete on audit for each row execute function audit_frozen();

-- input: {action?, before?, limit}; answer: {entries: [{n, at, by, action, about, hash}], intact}
create function read_audit(input jsonb) returns jsonb language sql stable as $$
  with chained as (
    select a.n, a.hash = audit_hash(lag(a.hash) over (order by a.n), a) and a.n = row_number() over (order by a.n) as good
    from audit a
  ), page as (
    select * from audit
    where (not input ? 'action' or action = input ->> 'action') and n < coalesce((input ->> 'before')::bigint, 9e18::bigint)
    order by n desc limit (input ->> 'limit')::integer
  )
  select jsonb_build_object(
    'entries', coalesce((select jsonb_agg(jsonb_build_object('n', n, 'at', iso(at), 'by', author, 'action', action, 'about', about,
      'hash', encode(hash, 'hex')) order by n desc) from page), '[]'),
    'intact', coalesce((select bool_and(good) from chained), true))
$$;

-- Browsers that get Web Push.
create table push_devices (
  id uuid primary key default gen_random_uuid(),
  user_id text not null references users (id),
  endpoint text not null unique check (length(endpoint) <= 1000),
  p256dh text not null,
  auth text not null,
  -- in people's words
  device text,
  at timestamptz not null default now()
);
create index push_devices_by_user on push_devices (user_id);

create table phones (
  user_id text primary key references users (id),
  phone text not null
);

create table unsubscribed (
  user_id text not null references users (id),
  channel text not null,
  topic text not null,
  at timestamptz not null default now(),
  primary key (user_id, channel, topic)
);

-- What is to be sent. A key is sent once as far as can be known: it goes along as a name by which receivers see a second time for what it is (I14).
create table outbox (
  key text collate "C" primary key check (length(key) between 1 and 600),
  channel text not null check (channel in ('email', 'push', 'sms', 'webhook')),
  topic text not null,
  user_id text references users (id),
  device uuid references push_devices (id) on delete set null,
  -- what has the same bundle and waits leaves together
  bundle text,
  payload jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead', 'cancelled')),
  at timestamptz not null default now(),
  not_before timestamptz not null default now(),
  expires_at timestamptz,
  -- somebody is at it until then; who dies leaves it to the next
  held_until timestamptz,
  attempts integer not null default 0,
  last_error text,
  done_at timestamptz
);
create index outbox_due on outbox (channel, not_before) where state = 'waiting';
create index outbox_bundles on outbox (bundle) where state = 'waiting' and bundle is not null;
create index outbox_by_user on outbox (user_id) where state = 'waiting';
create index outbox_done on outbox (done_at) where done_at is not null;

-- An id within a key, whatever signs it holds: nobody's keys begin like those of somebody else.
create function key_part(id text) returns text language sql immutable as $$
  select replace(replace(id, '%', '%25'), ':', '%3A')
$$;

-- Only who has said that an address is theirs gets mail there, and whoever has not is asked: else anybody could have the hub write to strangers.
create function may_be_mailed(u users, topic text) returns boolean language sql immutable as $$
  select u.email is not null and (u.email_verified_at is not null or topic = 'confirm')
$$;

-- Puts what is not there yet and has somewhere to go: an address, a device (each by itself), a number, and nobody who unsubscribed.
-- input: {items: [{key, channel, topic, user?, payload, waitMs?, notBefore?, expiresAt?, bundle?}]}; answer: {put}
create function outbox_put(input jsonb) returns jsonb language plpgsql as $$
declare
  written integer;
begin
  insert into outbox (key, channel, topic, user_id, device, bundle, payload, not_before, expires_at)
    select i.key || coalesce(':' || d.id, ''), i.channel, i.topic, i."user", d.id, i.bundle, i.payload,
      coalesce(i."notBefore", now() + make_interval(secs => coalesce(i."waitMs", 0) / 1000.0)), i."expiresAt"
    from jsonb_to_recordset(input -> 'items') as i (key text, channel text, topic text, "user" text, payload jsonb, "waitMs" float,
      "notBefore" timestamptz, "expiresAt" timestamptz, bundle text)
    left join users u on u.id = i."user"
    left join push_devices d on i.channel = 'push' and d.user_id = i."user"
    left join phones t on i.channel = 'sms' and t.user_id = i."user"
    where case i.channel when 'email' then may_be_mailed(u, i.topic) when 'push' then d.id is not null when 'sms' then t.phone is not null else true end
      and u.disabled_at is null
      and not exists (select from unsubscribed x where x.user_id = i."user" and x.channel = i.channel and x.topic = i.topic)
    on conflict (key) do nothing;
  get diagnostics written = row_count;
  return jsonb_build_object('put', written);
end
$$;

-- Takes back what waits. input: {prefixes: [text], reason}; answer: {cancelled}
create function outbox_cancel(input jsonb) returns jsonb language plpgsql as $$
declare
  taken integer;
begin
  with found as (
    -- in one order, so that two who change many never wait for each other in a ring; so everywhere below
    select o.key from (select p from jsonb_array_elements_text(input -> 'prefixes') as p order by p collate "C") as p
    cross join lateral (
      -- sorted, so that it is read from the index however little is known of the table
      select key from outbox where state = 'waiting' and key >= p.p collate "C" and key < (p.p || chr(1114111)) collate "C"
      order by key for update) as o
  )
  update outbox o set state = 'cancelled', last_error = input ->> 'reason', done_at = now() from found f where o.key = f.key;
  get diagnostics taken = row_count;
  return jsonb_build_object('cancelled', taken);
end
$$;

-- Takes what is due, with whatever waits in the same bundles, and holds it. What has run out or lost its address is cancelled meanwhile.
-- input: {channels, limit, holdSeconds}
-- answer: {items: [{key, channel, topic, user?, name?, email?, phone?, device?: {id, endpoint, keys}, bundle?, payload, attempts, at}]}
create function outbox_claim(input jsonb) returns jsonb language plpgsql as $$
declare
  claimed jsonb;
begin
  update outbox set state = 'cancelled', done_at = now(), last_error = case when expires_at <= now() then 'It came too late.'
      else 'There is no address any more, or it is not wanted.' end
    where key in (
      select key from outbox o
      where o.state = 'waiting' and o.not_before <= now() and o.channel in (select jsonb_array_elements_text(input -> 'channels'))
        and (o.expires_at <= now()
          or (o.channel = 'push' and o.device is null)
          or (o.channel = 'sms' and not exists (select from phones t where t.user_id = o.user_id))
          or (o.user_id is not null and exists (select from users u where u.id = o.user_id
            and (u.disabled_at is not null or (o.channel = 'email' and not may_be_mailed(u, o.topic)))))
          or exists (select from unsubscribed x where x.user_id = o.user_id and x.channel = o.channel and x.topic = o.topic))
      order by key for update skip locked);
  with due as (
    select key, bundle from outbox
    where state = 'waiting' and not_before <= now() and channel in (select jsonb_array_elements_text(input -> 'channels'))
      and (held_until is null or held_until <= now())
    order by not_before limit (input ->> 'limit')::integer for update skip locked
  ), wanted as (
    select key from due
    union
    select o.key from outbox o where o.state = 'waiting' and o.bundle in (select bundle from due where bundle is not null)
      and (o.held_until is null or o.held_until <= now())
  ), taken as (
    update outbox o set attempts = attempts + 1, held_until = now() + make_interval(secs => (input ->> 'holdSeconds')::float)
    from wanted w where o.key = w.key returning o.*
  )
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'key', o.key, 'channel', o.channel, 'topic', o.topic, 'user', o.user_id, 'name', u.name, 'email', u.email, 'phone', t.phone,
      'device', case when d.id is not null then jsonb_build_object('id', d.id, 'endpoint', d.endpoint,
        'keys', jsonb_build_object('p256dh', d.p256dh, 'auth', d.auth)) end,
      'bundle', o.bundle, 'attempts', o.attempts, 'at', iso(o.at), 'expiresAt', iso(o.expires_at)))
      || jsonb_build_object('payload', o.payload) order by o.not_before, o.key), '[]')
    into claimed
    from taken o left join users u on u.id = o.user_id left join phones t on t.user_id = o.user_id left join push_devices d on d.id = o.device;
  return jsonb_build_object('items', claimed);
end
$$;

-- What became of what was held. `retry` with `counts: false` is the fault of no single one, and no try of it.
-- input: {results: [{key, outcome: 'sent' | 'retry' | 'dead' | 'cancelled', error?, retryMs?, counts?}]}; answer: {}
create function outbox_settle(input jsonb) returns jsonb language sql as $$
  select 1 from outbox where key in (select value ->> 'key' from jsonb_array_elements(input -> 'results')) order by key for update;
  update outbox o set
    state = case when r.outcome = 'retry' then o.state else r.outcome end,
    last_error = r.error,
    attempts = o.attempts - case when r.outcome = 'retry' and not coalesce(r.counts, true) then 1 else 0 end,
    not_before = case when r.outcome = 'retry' then now() + make_interval(secs => r."retryMs" / 1000.0) else o.not_before end,
    held_until = null,
    done_at = case when r.outcome = 'retry' then o.done_at else now() end
  from jsonb_to_recordset(input -> 'results') as r (key text, outcome text, error text, "retryMs" float, counts boolean)
  -- what was taken back while it was under way, and went all the same, was sent
  where o.key = r.key and (o.state = 'waiting' or r.outcome = 'sent');
  select '{}'::jsonb
$$;

-- input: {state?, channel?, prefix?, limit}; answer: {entries: [{key, channel, state, user?, title?, attempts, at, due?, error?}], counts}
create function outbox_list(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'entries', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('key', key, 'channel', channel, 'state', state,
      'user', user_id, 'title', payload ->> 'title', 'attempts', attempts, 'at', iso(at),
      'due', case when state = 'waiting' then iso(greatest(not_before, held_until)) end, 'error', last_error)) order by at desc, key) from (
        select * from outbox where (not input ? 'state' or state = input ->> 'state') and (not input ? 'channel' or channel = input ->> 'channel')
          and (not input ? 'prefix' or starts_with(key, input ->> 'prefix'))
        order by at desc, key limit (input ->> 'limit')::integer) as o), '[]'),
    'counts', '{"waiting": 0, "sent": 0, "dead": 0, "cancelled": 0}'::jsonb
      || coalesce((select jsonb_object_agg(state, n) from (select state, count(*) as n from outbox group by state) as c), '{}'))
$$;

-- input: {prefix, by}; answer: {count}
create function outbox_retry(input jsonb) returns jsonb language plpgsql as $$
declare
  again integer;
begin
  update outbox set state = 'waiting', attempts = 0, not_before = now(), held_until = null, done_at = null
    where state = 'dead' and starts_with(key, input ->> 'prefix');
  get diagnostics again = row_count;
  perform audit_append(input ->> 'by', 'outbox.retried', jsonb_build_object('prefix', input ->> 'prefix', 'count', again));
  return jsonb_build_object('count', again);
end
$$;

-- Forgets what was sent or taken back a month ago, and what was given up three months ago. input: {}; answer: {swept}
create function outbox_sweep(input jsonb) returns jsonb language plpgsql as $$
declare
  gone integer;
begin
  delete from outbox where done_at < now() - case state when 'dead' then interval '90 days' else interval '30 days' end;
  get diagnostics gone = row_count;
  return jsonb_build_object('swept', gone);
end
$$;

-- A browser is one person's at a time: who shows the same keys takes it over. Of many the oldest goes.
-- input: {user, endpoint, keys: {p256dh, auth}, device?, most}; answer: {id} | {error}
create function push_subscribe(input jsonb) returns jsonb language plpgsql as $$
declare
  kept push_devices;
begin
  insert into push_devices as d (user_id, endpoint, p256dh, auth, device)
    values (input ->> 'user', input ->> 'endpoint', input #>> '{keys,p256dh}', input #>> '{keys,auth}', input ->> 'device')
    on conflict (endpoint) do update set user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth,
      device = excluded.device, at = now()
      where d.user_id = excluded.user_id or (d.auth = excluded.auth and d.p256dh = excluded.p256dh)
    returning * into kept;
  if kept.id is null then
    return jsonb_build_object('error', refusal('conflict', 'Another account uses this address with other keys.'));
  end if;
  delete from push_devices where id in (
    select id from push_devices where user_id = input ->> 'user' and id <> kept.id order by at desc offset (input ->> 'most')::integer - 1);
  return jsonb_build_object('id', kept.id);
end
$$;

-- input: {user?, id? | endpoint?}; without `user` whosever it is; answer: {}
create function push_unsubscribe(input jsonb) returns jsonb language sql as $$
  delete from push_devices where (not input ? 'user' or user_id = input ->> 'user')
    and case when input ? 'id' then id = (input ->> 'id')::uuid else endpoint = input ->> 'endpoint' end;
  select '{}'::jsonb
$$;

-- input: {user}; answer: {devices: [{id, device?, at}]}
create function push_list(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('devices', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'device', device, 'at', iso(at))) order by at), '[]'))
  from push_devices where user_id = input ->> 'user'
$$;

-- input: {user}; answer: {email?, confirmed?, phone?, off: [{channel, topic}]} | {error}
create function contact_get(input jsonb) returns jsonb language sql stable as $$
  select coalesce((
    select jsonb_strip_nulls(jsonb_build_object('email', u.email, 'confirmed', case when u.email is not null then u.email_verified_at is not null end, 'phone', (select phone from phones where user_id = u.id)))
      || jsonb_build_object('off', coalesce((select jsonb_agg(jsonb_build_object('channel', channel, 'topic', topic) order by channel, topic)
        from unsubscribed where user_id = u.id), '[]'))
    from users u where u.id = input ->> 'user'),
    jsonb_build_object('error', refusal('not_found', 'There is no such user.')))
$$;

-- input: {user, phone | null, by}; answer: {} | {error}
create function contact_phone(input jsonb) returns jsonb language plpgsql as $$
begin
  if not exists (select from users where id = input ->> 'user') then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  elsif input ->> 'phone' is null then
    delete from phones where user_id = input ->> 'user';
  else
    insert into phones (user_id, phone) values (input ->> 'user', input ->> 'phone')
      on conflict (user_id) do update set phone = excluded.phone;
  end if;
  perform audit_append(input ->> 'by', 'contact.phone', jsonb_build_object('user', input ->> 'user', 'set', input ->> 'phone' is not null));
  return '{}';
end
$$;

-- What waits for who unsubscribes goes with it. input: {user, channel, topic, on}; answer: {} | {error}
create function contact_subscribe(input jsonb) returns jsonb language plpgsql as $$
begin
  if not exists (select from users where id = input ->> 'user') then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  elsif (input ->> 'on')::boolean then
    delete from unsubscribed where user_id = input ->> 'user' and channel = input ->> 'channel' and topic = input ->> 'topic';
  else
    insert into unsubscribed (user_id, channel, topic) values (input ->> 'user', input ->> 'channel', input ->> 'topic')
      on conflict do nothing;
    update outbox set state = 'cancelled', last_error = 'It is not wanted.', done_at = now()
      where state = 'waiting' and user_id = input ->> 'user' and channel = input ->> 'channel' and topic = input ->> 'topic';
  end if;
  return '{}';
end
$$;

create table announcements (
  id uuid primary key default gen_random_uuid(),
  key text not null unique,
  -- of all that was asked for
  digest text not null,
  author text not null references users (id),
  at timestamptz not null default now(),
  text text not null,
  level text not null check (level in ('info', 'warning', 'critical')),
  audience jsonb not null,
  require_ack boolean not null,
  starts_at timestamptz not null,
  until timestamptz,
  -- seconds after somebody was first owed it: {remind?, email?, push?, sms?}
  follow_up jsonb not null,
  state text not null default 'scheduled' check (state in ('scheduled', 'running', 'ended', 'cancelled')),
  -- grows with everything that nodes have to tell their sockets
  version integer not null default 0,
  reminded_at timestamptz
);
create index announcements_open on announcements (starts_at) where state in ('scheduled', 'running');
create index announcements_by_time on announcements (at);

create table announcement_people (
  announcement uuid not null references announcements (id) on delete cascade,
  user_id text not null references users (id),
  owed_at timestamptz not null default now(),
  delivered_at timestamptz,
  acked_at timestamptz,
  dismissed_at timestamptz,
  reminders integer not null default 0,
  -- seconds after owed_at up to which everything of follow_up was done, and when the next is due
  stage integer not null default 0,
  next_at timestamptz,
  primary key (announcement, user_id)
);
create index announcement_people_owed on announcement_people (user_id) where acked_at is null and dismissed_at is null;
create index announcement_people_due on announcement_people (next_at) where next_at is not null;

create function follow_up_next(steps jsonb, after integer) returns integer language sql immutable as $$
  select min(value::integer) from jsonb_each_text(steps) where value::integer > after
$$;

-- Those whom it is for. Bots only where they are named; who merely speaks here through a bridge to another service never sees it.
create function audience_users(audience jsonb) returns setof text language sql stable as $$
  select u.id from users u
  where u.disabled_at is null and case
    when audience ? 'users' then u.id in (select jsonb_array_elements_text(audience -> 'users'))
    when audience ? 'roles' then audience -> 'roles' ? u.role
    else u.role <> 'bot'
      and (audience ? 'all' or exists (select from members m where m.user_id = u.id and audience -> 'rooms' ? m.room))
  end
  and (audience ? 'users' or u.role <> 'guest' or u.id !~ '^(slack|gather|google)-' or exists (select from sessions s where s.user_id = u.id))
$$;

-- Nothing follows any more, for anybody.
create function announcement_over(which uuid, why text) returns void language plpgsql as $$
begin
  perform 1 from announcement_people where announcement = which and next_at is not null order by user_id for update;
  update announcement_people set next_at = null where announcement = which and next_at is not null;
  perform outbox_cancel(jsonb_build_object('prefixes', jsonb_build_array(format('announcement:%s:', which)), 'reason', why));
end
$$;

create function announcement_json(a announcements) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object('id', a.id, 'text', a.text, 'level', a.level, 'by', a.author,
    'byName', (select name from users where id = a.author), 'at', iso(a.starts_at), 'requireAck', a.require_ack, 'until', iso(a.until)))
$$;

-- Whether it is still for somebody whom it was for: who has left its rooms, or was taken out, is told nothing more (I9).
create function still_for(a announcements, who text) returns boolean language sql stable as $$
  select not a.audience ? 'rooms' or exists (select from members m where m.user_id = who and a.audience -> 'rooms' ? m.room)
$$;

create function announcement_counts(a announcements) returns jsonb language sql stable as $$
  select jsonb_build_object('id', a.id, 'state', case when a.state = 'running' and a.until <= now() then 'ended' else a.state end) || case
    when a.state = 'scheduled' then jsonb_build_object('audience', (select count(*) from audience_users(a.audience)), 'delivered', 0, 'acked', 0)
    else (select jsonb_build_object('audience', count(*), 'delivered', count(*) filter (where delivered_at is not null or acked_at is not null),
        'acked', count(acked_at))
      from announcement_people
      where announcement = a.id and (acked_at is not null or not a.audience ? 'rooms' or still_for(a, user_id)))
    end
$$;

create function announced_json(a announcements) returns jsonb language sql stable as $$
  select announcement_json(a) || announcement_counts(a) || jsonb_build_object('key', a.key, 'to', a.audience, 'followUp', a.follow_up)
$$;

-- Adds those who are owed it and are not there yet; how many. Of very many the rest comes with the next look, since no statement may take long.
create function announcement_owe(a announcements) returns integer language plpgsql as $$
declare
  added integer;
  first_step constant integer := follow_up_next(a.follow_up, 0);
begin
  insert into announcement_people (announcement, user_id, next_at)
    select a.id, u, now() + make_interval(secs => first_step) from audience_users(a.audience) as u
    where not exists (select from announcement_people p where p.announcement = a.id and p.user_id = u)
    limit 20000
    on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end
$$;

-- input: {key, digest, by, text, level, audience, requireAck, from?, until?, followUp, keeper?}; `keeper`: it is enough to keep all of its rooms
-- answer: {id, audience, state, fresh} | {error}
create function announce(input jsonb) returns jsonb language plpgsql as $$
declare
  a announcements;
  to_whom constant jsonb := input -> 'audience';
  stranger text;
  answer jsonb;
begin
  select * into a from announcements where key = input ->> 'key';
  if a.id is null then
    if (input ->> 'until')::timestamptz <= greatest(now(), (input ->> 'from')::timestamptz) then
      return jsonb_build_object('error', refusal('bad_request', 'until: it ends before it begins.'));
    end if;
    select r into stranger from jsonb_array_elements_text(to_whom -> 'rooms') as r where not exists (select from rooms where id = r) limit 1;
    if stranger is not null then
      return jsonb_build_object('error', refusal('not_found', format('There is no room "%s".', stranger)));
    end if;
    select u into stranger from jsonb_array_elements_text(to_whom -> 'users') as u where not exists (select from users where id = u) limit 1;
    if stranger is not null then
      return jsonb_build_object('error', refusal('not_found', format('There is no user "%s".', stranger)));
    end if;
    if input ? 'keeper' and (coalesce(jsonb_array_length(to_whom -> 'rooms'), 0) = 0 or exists (
        select from jsonb_array_elements_text(to_whom -> 'rooms') as r where not exists (
          select from members m where m.room = r and m.user_id = input ->> 'by' and m.role in ('owner', 'moderator')))) then
      return jsonb_build_object('error', refusal('forbidden', 'Only owners and moderators of a room may announce there.'));
    end if;
    insert into announcements (key, digest, author, text, level, audience, require_ack, starts_at, until, follow_up)
      values (input ->> 'key', input ->> 'digest', input ->> 'by', input ->> 'text', input ->> 'level', to_whom,
        (input ->> 'requireAck')::boolean, greatest(now(), (input ->> 'from')::timestamptz), (input ->> 'until')::timestamptz, input -> 'followUp')
      on conflict (key) do nothing returning * into a;
    if a.id is not null then
      if a.starts_at <= now() then
        update announcements set state = 'running', version = 1 where id = a.id returning * into a;
        perform announcement_owe(a);
      end if;
      answer := announcement_counts(a);
      perform audit_append(a.author, 'announcement.sent', jsonb_strip_nulls(jsonb_build_object('id', a.id, 'key', a.key, 'text', a.text,
        'level', a.level, 'audience', a.audience, 'people', answer -> 'audience', 'requireAck', a.require_ack,
        'from', iso(a.starts_at), 'until', iso(a.until))));
      return answer || '{"fresh": true}';
    end if;
    -- the same at the same moment
    select * into a from announcements where key = input ->> 'key';
  end if;
  if a.digest <> input ->> 'digest' then
    return jsonb_build_object('error', refusal('conflict', 'This key names another announcement already. Choose another key.'));
  end if;
  return announcement_counts(a) || '{"fresh": false}';
end
$$;

-- input: {}; answer: {running: [{version, ...announcement}]}
create function announcements_running(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('running', coalesce(jsonb_agg(announcement_json(a) || jsonb_build_object('version', a.version)), '[]'))
  from announcements a where a.state = 'running' and coalesce(a.until, 'infinity') > now()
$$;

-- What these people are still owed. input: {users, ids?}; answer: {owed: [{id, user, reminders, delivered}]}
create function announcements_owed(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('owed', coalesce(jsonb_agg(jsonb_build_object('id', p.announcement, 'user', p.user_id, 'reminders', p.reminders,
    'delivered', p.delivered_at is not null)), '[]'))
  from announcements a join announcement_people p on p.announcement = a.id
  where a.state = 'running' and coalesce(a.until, 'infinity') > now() and p.acked_at is null and p.dismissed_at is null
    and p.user_id in (select jsonb_array_elements_text(input -> 'users')) and (not a.audience ? 'rooms' or still_for(a, p.user_id))
    and (not input ? 'ids' or a.id in (select value::uuid from jsonb_array_elements_text(input -> 'ids')))
$$;

-- Somebody has come: what runs and is for them is theirs from now on. input: {user}; answer: {owed: [{reminders, delivered, ...announcement}]}
create function announcements_greet(input jsonb) returns jsonb language plpgsql as $$
begin
  insert into announcement_people (announcement, user_id, next_at)
    select a.id, who, now() + make_interval(secs => follow_up_next(a.follow_up, 0))
    from announcements a cross join lateral audience_users(a.audience) as who
    where a.state = 'running' and coalesce(a.until, 'infinity') > now() and who = input ->> 'user'
      and not exists (select from announcement_people p where p.announcement = a.id and p.user_id = input ->> 'user')
    on conflict do nothing;
  return jsonb_build_object('owed', coalesce((
    select jsonb_agg(announcement_json(a) || jsonb_build_object('reminders', p.reminders, 'delivered', p.delivered_at is not null) order by a.starts_at)
    from announcement_people p join announcements a on a.id = p.announcement
    where p.user_id = input ->> 'user' and p.acked_at is null and p.dismissed_at is null and still_for(a, p.user_id)
      and a.state = 'running' and coalesce(a.until, 'infinity') > now()), '[]'));
end
$$;

-- input: {marks: [{id, user}]}; answer: {}
create function announcements_delivered(input jsonb) returns jsonb language sql as $$
  select 1 from announcement_people
    where (announcement, user_id) in (select (value ->> 'id')::uuid, value ->> 'user' from jsonb_array_elements(input -> 'marks'))
    order by announcement, user_id for update;
  update announcement_people p set delivered_at = now()
  from (select distinct id, "user" from jsonb_to_recordset(input -> 'marks') as m (id uuid, "user" text)) as m
  where p.announcement = m.id and p.user_id = m."user" and p.delivered_at is null;
  select '{}'::jsonb
$$;

-- What people say to it; nothing more is sent to them then. input: {marks: [{id, user, dismiss}]}
-- answer: {results: [{fresh} | {error}]} in the order of the marks
create function announcements_answered(input jsonb) returns jsonb language plpgsql as $$
declare
  results jsonb;
begin
  perform 1 from announcement_people
    where (announcement, user_id) in (select (value ->> 'id')::uuid, value ->> 'user' from jsonb_array_elements(input -> 'marks'))
    order by announcement, user_id for update;
  with marks as (
    select m.n, (m.value ->> 'id')::uuid as id, m.value ->> 'user' as who, (m.value ->> 'dismiss')::boolean as dismiss
    from jsonb_array_elements(input -> 'marks') with ordinality as m (value, n)
  ), known as (
    select m.*, p.acked_at, p.dismissed_at, a.require_ack, p.user_id is not null as there
    from marks m left join announcement_people p on p.announcement = m.id and p.user_id = m.who left join announcements a on a.id = m.id
  ), written as (
    update announcement_people p set next_at = null,
      acked_at = case when k.acks then coalesce(p.acked_at, now()) else p.acked_at end,
      dismissed_at = case when k.dismisses then coalesce(p.dismissed_at, now()) else p.dismissed_at end
    from (select id, who, bool_or(not dismiss) as acks, bool_or(dismiss and not require_ack) as dismisses
      from known where there group by id, who) as k
    where p.announcement = k.id and p.user_id = k.who and (k.acks or k.dismisses)
  )
  select coalesce(jsonb_agg(case
      when not there then jsonb_build_object('error', refusal('not_found', 'There is no such announcement.'))
      when dismiss and require_ack then jsonb_build_object('error', refusal('conflict', 'This one asks to be acknowledged.'))
      else jsonb_build_object('fresh', case when dismiss then dismissed_at is null and acked_at is null else acked_at is null end)
    end order by n), '[]')
    into results from known;
  -- By the people, since of many the prefixes of their keys are not found so soon.
  with found as (
    select o.key from (
      select distinct a.id, m.value ->> 'user' as who
      from jsonb_array_elements(input -> 'marks') as m join announcements a on a.id = (m.value ->> 'id')::uuid and a.follow_up <> '{}'
      where not ((m.value ->> 'dismiss')::boolean and a.require_ack)
    ) as k join outbox o on o.state = 'waiting' and o.user_id = k.who
      and starts_with(o.key, format('announcement:%s:%s:', k.id, key_part(k.who)))
    order by o.key for update of o
  )
  update outbox o set state = 'cancelled', last_error = 'It was acknowledged.', done_at = now() from found f where o.key = f.key;
  return jsonb_build_object('results', results);
end
$$;

-- input: {id, after?, limit, pending}; answer: null or {...announced, pending: [{user, name, delivered, reminders, told}], cursor?}
create function announcement_status(input jsonb) returns jsonb language sql stable as $$
  with a as (
    select a from announcements a where id = (input ->> 'id')::uuid
  ), page as (
    select p.*, u.name, row_number() over (order by p.user_id) as n
    from a join announcement_people p on p.announcement = (a).id join users u on u.id = p.user_id
    where p.acked_at is null and ((a).require_ack or p.delivered_at is null) and (not (a).audience ? 'rooms' or still_for(a, p.user_id))
      and p.user_id > coalesce(input ->> 'after', '')
    order by p.user_id limit (input ->> 'limit')::integer + 1
  )
  select announced_json(a) || jsonb_build_object('pending', coalesce((
      select jsonb_agg(jsonb_build_object('user', p.user_id, 'name', p.name, 'delivered', p.delivered_at is not null, 'reminders', p.reminders,
        'told', coalesce((select jsonb_agg(distinct o.channel) from outbox o
          where o.key >= format('announcement:%s:%s:', p.announcement, key_part(p.user_id)) collate "C"
            and o.key < (format('announcement:%s:%s:', p.announcement, key_part(p.user_id)) || chr(1114111)) collate "C"
            and o.state in ('waiting', 'sent')), '[]')) order by n)
      from page p where n <= (input ->> 'limit')::integer), '[]'))
    || coalesce((select jsonb_build_object('cursor', max(user_id) filter (where n = (input ->> 'limit')::integer))
      from page having count(*) > (input ->> 'limit')::integer), '{}')
  from a
$$;

-- input: {ids}; answer: {progress: [{id, state, audience, delivered, acked}]}
create function announcement_progress(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('progress', coalesce(jsonb_agg(announcement_counts(a)), '[]'))
  from announcements a where a.id in (select value::uuid from jsonb_array_elements_text(input -> 'ids'))
$$;

-- input: {state?, before?, limit}; answer: {announcements}
create function announcement_list(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('announcements', coalesce(jsonb_agg(announced_json(a) order by a.at desc, a.id), '[]'))
  from (select * from announcements where (not input ? 'state' or state = input ->> 'state')
    and at < coalesce((input ->> 'before')::timestamptz, 'infinity') order by at desc, id limit (input ->> 'limit')::integer) as a
$$;

-- input: {id, by}; answer: {} | {error}
create function announcement_cancel(input jsonb) returns jsonb language plpgsql as $$
declare
  a announcements;
begin
  select * into a from announcements where id = (input ->> 'id')::uuid for update;
  if a.id is null then
    return jsonb_build_object('error', refusal('not_found', 'There is no such announcement.'));
  elsif a.state in ('cancelled', 'ended') then
    return '{}';
  end if;
  update announcements set state = 'cancelled', version = version + 1 where id = a.id;
  perform announcement_over(a.id, 'It was cancelled.');
  perform audit_append(input ->> 'by', 'announcement.cancelled', jsonb_build_object('id', a.id, 'key', a.key));
  return '{}';
end
$$;

-- input: {id, by, seconds}, `seconds` since the last time; answer: {reminded} | {error}
create function announcement_remind(input jsonb) returns jsonb language plpgsql as $$
declare
  a announcements;
  shown integer;
begin
  select * into a from announcements where id = (input ->> 'id')::uuid for update;
  if a.id is null then
    return jsonb_build_object('error', refusal('not_found', 'There is no such announcement.'));
  elsif a.state <> 'running' then
    return jsonb_build_object('error', refusal('conflict', 'It does not run.'));
  elsif a.reminded_at > now() - make_interval(secs => (input ->> 'seconds')::float) then
    return jsonb_build_object('error', refusal('rate_limited', 'People were reminded less than a minute ago.'));
  end if;
  perform 1 from announcement_people
    where announcement = a.id and acked_at is null and dismissed_at is null order by user_id for update;
  update announcement_people set reminders = reminders + 1
    where announcement = a.id and acked_at is null and dismissed_at is null;
  get diagnostics shown = row_count;
  update announcements set reminded_at = now(), version = version + 1 where id = a.id;
  perform audit_append(input ->> 'by', 'announcement.reminded', jsonb_build_object('id', a.id, 'key', a.key, 'people', shown));
  return jsonb_build_object('reminded', shown);
end
$$;

-- What time does: begins, ends, adds late joiners, reminds, and puts into the outbox what is to be sent. Twice at once does it once.
-- input: {channels, late, limit}, `late`: also looks for late joiners; answer: {changed, more}
create function announcements_tick(input jsonb) returns jsonb language plpgsql as $$
declare
  a announcements;
  changed boolean := false;
  added integer;
  due integer := 0;
  more boolean := false;
begin
  for a in select * from announcements where state = 'scheduled' and starts_at <= now() for update skip locked loop
    update announcements set state = 'running', version = version + 1 where id = a.id returning * into a;
    perform announcement_owe(a);
    changed := true;
  end loop;
  for a in select * from announcements where state = 'running' and until <= now() for update skip locked loop
    update announcements set state = 'ended', version = version + 1 where id = a.id;
    perform announcement_over(a.id, 'It ended.');
    changed := true;
  end loop;
  if (input ->> 'late')::boolean then
    for a in select * from announcements where state = 'running' for update skip locked loop
      added := announcement_owe(a);
      if added > 0 then
        update announcements set version = version + 1 where id = a.id;
        changed := true;
        more := true;
      end if;
    end loop;
  end if;
  if exists (select from announcement_people where next_at <= now()) then
    -- `steps`: what is due of a person's follow-up, by name
    create temporary table due_steps on commit drop as
      select p.announcement, p.user_id, s.key as step, s.value::integer as seconds
      from (
        select * from announcement_people where next_at <= now() order by next_at limit (input ->> 'limit')::integer for update skip locked
      ) as p
      join announcements n on n.id = p.announcement and n.state = 'running'
      cross join lateral jsonb_each_text(n.follow_up) as s
      where s.value::integer > p.stage and p.owed_at + make_interval(secs => s.value::integer) <= now()
        and p.acked_at is null and p.dismissed_at is null and still_for(n, p.user_id);
    perform outbox_put(jsonb_build_object('items', coalesce((
      select jsonb_agg(jsonb_build_object('key', format('announcement:%s:%s:%s', d.announcement, key_part(d.user_id), d.step), 'channel', d.step,
        'topic', 'announcement', 'user', d.user_id, 'expiresAt', n.until, 'payload', jsonb_build_object(
          'title', format('%s announces', (select name from users where id = n.author)), 'text', n.text, 'level', n.level, 'at', iso(n.starts_at))))
      from due_steps d join announcements n on n.id = d.announcement
      where d.step in (select jsonb_array_elements_text(input -> 'channels'))), '[]')));
    update announcements set version = version + 1
      where id in (select announcement from due_steps where step = 'remind');
    changed := changed or found;
    with done as (
      select announcement, user_id, max(seconds) as stage, count(*) filter (where step = 'remind') as reminds from due_steps group by 1, 2
    )
    update announcement_people p set stage = d.stage, reminders = p.reminders + d.reminds,
      next_at = p.owed_at + make_interval(secs => follow_up_next(n.follow_up, d.stage))
      from done d join announcements n on n.id = d.announcement
      where p.announcement = d.announcement and p.user_id = d.user_id;
    get diagnostics due = row_count;
    drop table due_steps;
    -- of those that do not run any more, were answered, or are not for them any more
    update announcement_people p set next_at = null
      from announcements n where n.id = p.announcement and p.next_at <= now()
        and (n.state <> 'running' or p.acked_at is not null or p.dismissed_at is not null or not still_for(n, p.user_id));
  end if;
  return jsonb_build_object('changed', changed, 'more', more or due >= (input ->> 'limit')::integer);
end
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 18}'::jsonb $$;
select seal(
  array['audit', 'push_devices', 'phones', 'unsubscribed', 'outbox', 'announcements', 'announcement_people'],
  array[
    'audit_hash', 'audit_append', 'audit_frozen', 'read_audit', 'key_part', 'may_be_mailed', 'outbox_put', 'outbox_cancel', 'outbox_claim', 'outbox_settle',
    'outbox_list', 'outbox_retry', 'outbox_sweep', 'push_subscribe', 'push_unsubscribe', 'push_list', 'contact_get', 'contact_phone',
    'contact_subscribe', 'follow_up_next', 'audience_users', 'announcement_json', 'still_for', 'announcement_counts', 'announced_json',
    'announcement_owe', 'announcement_over', 'announce', 'announcements_running', 'announcements_owed', 'announcements_greet', 'announcements_delivered',
    'announcements_answered', 'announcement_status', 'announcement_progress', 'announcement_list', 'announcement_cancel',
    'announcement_remind', 'announcements_tick', 'schema_version'
  ]
);
