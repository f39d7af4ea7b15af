-- What ties the hub to the services outside: who is who there, which place is which room, which message is which, how far a durable work
-- has come, and the secrets that they gave. Secrets are sealed before they come here, codes are hashes: a dump opens nothing (attack 29).

-- An e-mail counts as proof of who somebody is only after a service that checks it has said so; what people register with is a mere word.
alter table users add column email_verified_at timestamptz;

-- One person at a vendor is one user here, and the other way round.
create table vendor_links (
  vendor text not null,
  remote text not null check (length(remote) between 1 and 128),
  user_id text not null references users (id),
  how text not null check (how in ('admin', 'code', 'email')),
  at timestamptz not null default now(),
  primary key (vendor, remote),
  unique (vendor, user_id)
);

-- Pairs that were linked and taken apart by somebody: the same e-mail does not link them again.
create table vendor_unlinked (
  vendor text not null,
  remote text not null,
  user_id text not null references users (id),
  primary key (vendor, remote, user_id)
);

create table link_codes (
  hash bytea primary key check (length(hash) = 32),
  vendor text not null,
  user_id text not null references users (id),
  expires_at timestamptz not null
);

create table vendor_bindings (
  vendor text not null,
  place text not null check (length(place) between 1 and 256),
  room text not null references rooms (id),
  -- in whose name people of the place are added to the room
  bound_by text not null references users (id),
  remote_by text not null,
  primary key (vendor, place)
);
create index vendor_bindings_by_room on vendor_bindings (room, vendor);

create table vendor_pairs (
  vendor text not null,
  place text not null,
  message uuid not null,
  remote text not null check (length(remote) between 1 and 256),
  primary key (vendor, place, message),
  unique (vendor, place, remote)
);

create table vendor_cursors (
  vendor text not null,
  name text not null check (length(name) between 1 and 256),
  seq bigint not null,
  primary key (vendor, name)
);

create table vendor_secrets (
  vendor text not null,
  owner text not null check (length(owner) between 1 and 128),
  key_id text not null,
  box bytea not null,
  primary key (vendor, owner)
);

-- Whether somebody left a room or was taken out of it, found without reading its log.
create index events_of_stays on events (room, (data ->> 'user'), seq)
  where type in ('member.joined', 'member.left', 'member.removed');

-- Writes down that this user's e-mail was checked by who knows; false when another account has that address.
-- input: {user, email}; answer: {verified}
create function verify_email(input jsonb) returns jsonb language plpgsql as $$
begin
  update users set email = lower(input ->> 'email'), email_verified_at = now() where id = input ->> 'user';
  return jsonb_build_object('verified', found);
exception when unique_violation then
  return '{"verified": false}';
end
$$;

-- The user behind a vendor's person. Accounts that are disabled are nobody's.
create function linked_user(vendor_name text, remote_id text) returns users language sql stable as $$
  select u.* from vendor_links l join users u on u.id = l.user_id
  where l.vendor = vendor_name and l.remote = remote_id and u.disabled_at is null
$$;

-- input: {vendor, id, user, how}; answer: {linked: true} | {error}. Linked already, with each other, is linked.
create function link_vendor(input jsonb) returns jsonb language plpgsql as $$
declare
  their_name text := input ->> 'vendor';
begin
  if not exists (select from users where id = input ->> 'user' and disabled_at is null) then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  end if;
  insert into vendor_links (vendor, remote, user_id, how)
    values (their_name, input ->> 'id', input ->> 'user', input ->> 'how')
    on conflict do nothing;
  if not exists (select from vendor_links
      where vendor = their_name and remote = input ->> 'id' and user_id = input ->> 'user') then
    return jsonb_build_object('error', case
      when exists (select from vendor_links where vendor = their_name and remote = input ->> 'id')
        then refusal('conflict', 'This account is linked to somebody else already. Unlink it first.')
      else refusal('conflict', 'This user is linked to another account there already. Unlink it first.')
    end);
  end if;
  delete from vendor_unlinked where vendor = their_name and remote = input ->> 'id' and user_id = input ->> 'user';
  return '{"linked": true}';
end
$$;

-- By an e-mail that the vendor checked, and that was checked here too. input: {vendor, id, email}; answer: {user} or null
create function introduce_vendor(input jsonb) returns jsonb language plpgsql as $$
declare
  person users;
  outcome jsonb;
begin
  select * into person from users
    where email = lower(input ->> 'email') and email_verified_at is not null and disabled_at is null;
  if person.id is null or exists (select from vendor_unlinked
      where vendor = input ->> 'vendor' and remote = input ->> 'id' and user_id = person.id) then
    return null;
  end if;
  outcome := link_vendor(input || jsonb_build_object('user', person.id, 'how', 'email'));
  return case when outcome ? 'linked' then jsonb_build_object('user', person.id) end;
end
$$;

-- input: {vendor, user}; answer: {id} or null when there was nothing to take apart
create function unlink_vendor(input jsonb) returns jsonb language plpgsql as $$
declare
  gone vendor_links;
begin
  delete from vendor_links where vendor = input ->> 'vendor' and user_id = input ->> 'user' returning * into gone;
  if gone.remote is null then
    return null;
  end if;
  insert into vendor_unlinked (vendor, remote, user_id) values (gone.vendor, gone.remote, gone.user_id)
    on conflict do nothing;
  delete from vendor_secrets where vendor = gone.vendor and owner = gone.user_id;
  return jsonb_build_object('id', gone.remote);
end
$$;

-- input: {user?, vendor?}; answer: {links: [{vendor, id, user, name, how, at}]}
create function list_links(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('links', coalesce(jsonb_agg(jsonb_build_object('vendor', l.vendor, 'id', l.remote,
    'user', l.user_id, 'name', u.name, 'how', l.how, 'at', iso(l.at)) order by l.vendor, l.user_id), '[]'))
  from vendor_links l join users u on u.id = l.user_id
  where (not input ? 'user' or l.user_id = input ->> 'user') and (not input ? 'vendor' or l.vendor = input ->> 'vendor')
$$;

-- A code that its user shows at the vendor, once. A new one ends the one before. input: {vendor, user, hash, seconds}; answer: {}
create function make_link_code(input jsonb) returns jsonb language plpgsql as $$
begin
  delete from link_codes
    where expires_at < now() or (vendor = input ->> 'vendor' and user_id = input ->> 'user');
  insert into link_codes (hash, vendor, user_id, expires_at)
    values (decode(input ->> 'hash', 'hex'), input ->> 'vendor', input ->> 'user',
            now() + make_interval(secs => (input ->> 'seconds')::integer));
  return '{}';
end
$$;

-- input: {vendor, id, hash}; answer: {user} | {error}
create function use_link_code(input jsonb) returns jsonb language plpgsql as $$
declare
  owner text;
  outcome jsonb;
begin
  delete from link_codes
    where hash = decode(input ->> 'hash', 'hex') and vendor = input ->> 'vendor' and expires_at > now()
    returning user_id into owner;
  if owner is null then
    return jsonb_build_object('error', refusal('not_found', 'This code is unknown, used up, or older than ten minutes.'));
  end if;
  outcome := link_vendor(input || jsonb_build_object('user', owner, 'how', 'code'));
  return case when outcome ? 'error' then outcome else jsonb_build_object('user', owner) end;
end
$$;

-- Everybody linked to a vendor. `watched`: somebody who is there shares a room with them.
-- input: {vendor, online: [user]}; answer: {people: [{id, user, watched}]}
create function vendor_people(input jsonb) returns jsonb language sql stable as $$
  with seen_rooms as (
    select m.room, count(*) as there, min(m.user_id) as one from members m
    where m.user_id in (select jsonb_array_elements_text(input -> 'online')) group by m.room
  )
  select jsonb_build_object('people', coalesce(jsonb_agg(jsonb_build_object('id', l.remote, 'user', l.user_id,
    'watched', exists (select from members mine join seen_rooms s using (room)
                       where mine.user_id = l.user_id and (s.there > 1 or s.one <> l.user_id))) order by l.remote), '[]'))
  from vendor_links l join users u on u.id = l.user_id
  where l.vendor = input ->> 'vendor' and u.disabled_at is null
$$;

-- Who a vendor's person is here: the user linked to them, else a guest of their name.
-- input: {vendor, id, guest: {id, name, role}}; answer: {user, linked} | {error}
create function vendor_speaker(input jsonb) returns jsonb language plpgsql as $$
declare
  person users := linked_user(input ->> 'vendor', input ->> 'id');
begin
  if person.id is not null then
    return jsonb_build_object('user', user_json(person), 'linked', true);
  elsif exists (select from users
      where id = input #>> '{guest,id}' and (role not in ('guest', 'bot') or email is not null or disabled_at is not null)) then
    return jsonb_build_object('error', refusal('forbidden', 'The guest''s id belongs to an account, or is disabled.'));
  end if;
  select * into person from users where id = input #>> '{guest,id}';
  if person.id is null or person.name <> input #>> '{guest,name}' then
    insert into users (id, name, role)
      values (input #>> '{guest,id}', input #>> '{guest,name}', input #>> '{guest,role}')
      on conflict (id) do update set name = excluded.name
      returning * into person;
  end if;
  return jsonb_build_object('user', user_json(person), 'linked', false);
end
$$;

-- input: {vendor}; answer: {bindings: [{place, room, by}]}
create function list_bindings(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('bindings',
    coalesce(jsonb_agg(jsonb_build_object('place', place, 'room', room, 'by', remote_by) order by place), '[]'))
  from vendor_bindings where vendor = input ->> 'vendor'
$$;

-- Whether a vendor's person may tie a place to a room: null, or the refusal.
create function binding_refusal(vendor_name text, remote_id text, room_id text) returns jsonb language plpgsql stable as $$
declare
  person users := linked_user(vendor_name, remote_id);
  a record;
begin
  if person.id is null then
    return refusal('forbidden', 'Link your account with the hub first.');
  end if;
  select * into a from access(room_id, person.id, person.role = 'admin');
  if a.error ->> 'code' = 'not_found' then
    return a.error;
  elsif rank((a.m).role, person.role = 'admin') < 2 then
    return refusal('forbidden', 'Only moderators and owners of the room may do this.');
  elsif (a.r).kind = 'direct' then
    return refusal('forbidden', 'A direct room keeps the people it began with, so it cannot be bound.');
  end if;
  return null;
end
$$;

-- input: {vendor, place, room, by}, `by` the vendor's id; answer: {} | {error}
create function bind_place(input jsonb) returns jsonb language plpgsql as $$
declare
  refused jsonb := binding_refusal(input ->> 'vendor', input ->> 'by', input ->> 'room');
begin
  if refused is not null then
    return jsonb_build_object('error', refused);
  end if;
  insert into vendor_bindings (vendor, place, room, bound_by, remote_by)
    values (input ->> 'vendor', input ->> 'place', input ->> 'room',
            (linked_user(input ->> 'vendor', input ->> 'by')).id, input ->> 'by')
    on conflict do nothing;
  if not exists (select from vendor_bindings
      where vendor = input ->> 'vendor' and place = input ->> 'place' and room = input ->> 'room') then
    return jsonb_build_object('error', refusal('conflict', 'This place is bound to another room. Unbind it first.'));
  end if;
  return '{}';
end
$$;

-- input: {vendor, place, by}; answer: {} | {error}
create function unbind_place(input jsonb) returns jsonb language plpgsql as $$
declare
  bound text;
  refused jsonb;
begin
  select room into bound from vendor_bindings where vendor = input ->> 'vendor' and place = input ->> 'place' for update;
  if bound is null then
    return '{}';
  end if;
  refused := binding_refusal(input ->> 'vendor', input ->> 'by', bound);
  if refused is not null then
    return jsonb_build_object('error', refused);
  end if;
  delete from vendor_bindings where vendor = input ->> 'vendor' and place = input ->> 'place';
  return '{}';
end
$$;

-- input: {vendor, room, id}; answer: {role?}
create function vendor_role(input jsonb) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object('role', (
    select m.role from members m
    where m.room = input ->> 'room' and m.user_id = (linked_user(input ->> 'vendor', input ->> 'id')).id)))
$$;

-- Makes who speaks at a bound place a member, in the name of who bound it. Whom a moderator took out stays out, at every door.
-- input: {vendor, room, user}; answer: as of a draft in append_events
create function join_bound(input jsonb) returns jsonb language plpgsql as $$
declare
  r rooms;
  binder users;
  who text := input ->> 'user';
  stay text;
begin
  select * into r from rooms where id = input ->> 'room' for update;
  select u.* into binder
    from vendor_bindings b join users u on u.id = b.bound_by left join members m on m.room = b.room and m.user_id = u.id
    where b.room = r.id and b.vendor = input ->> 'vendor' and u.disabled_at is null
    order by rank(m.role, u.role = 'admin') desc, u.id limit 1;
  if binder.id is null then
    return jsonb_build_object('error', refusal('not_found', 'This room is not bound to a place there.'));
  end if;
  select type into stay from events
    where room = r.id and type in ('member.joined', 'member.left', 'member.removed') and data ->> 'user' = who
    order by seq desc limit 1;
  if stay = 'member.removed' or exists (
      select from bans where room = r.id and user_id = who and coalesce(until, 'infinity') > now()) then
    return jsonb_build_object('error', refusal('forbidden', 'Whoever said this was removed from the room.'));
  end if;
  return append_events(jsonb_build_object('drafts', jsonb_build_array(jsonb_build_object(
    'room', r.id, 'by', case when r.kind = 'public' then who else binder.id end, 'id', gen_random_uuid(),
    'type', 'member.joined', 'admin', r.kind <> 'public' and binder.role = 'admin', 'digest', '',
    'data', jsonb_build_object('user', who, 'role', 'member'))))) #> '{results,0}';
end
$$;

-- A page of a bound room's log, with the names of its authors. input: {vendor, room, after, limit}; answer: {events, head, names} | {error}
create function bound_events(input jsonb) returns jsonb language plpgsql stable as $$
declare
  r rooms;
  page jsonb;
begin
  select * into r from rooms where id = input ->> 'room';
  if not exists (select from vendor_bindings where room = r.id and vendor = input ->> 'vendor') then
    return jsonb_build_object('error', refusal('not_found', 'This room is not bound to a place there.'));
  end if;
  page := events_page(r.id, (input ->> 'after')::bigint, (input ->> 'limit')::integer);
  return jsonb_build_object('events', page, 'head', r.head, 'names', (
    select coalesce(jsonb_object_agg(id, name), '{}') from users
    where id in (select value ->> 'by' from jsonb_array_elements(page))));
end
$$;

-- input: {vendor, name, seq?}; answer: {seq}. With `seq` it is moved there, never back.
create function vendor_cursor(input jsonb) returns jsonb language plpgsql as $$
declare
  place bigint;
begin
  if input ? 'seq' then
    insert into vendor_cursors as c (vendor, name, seq)
      values (input ->> 'vendor', input ->> 'name', (input ->> 'seq')::bigint)
      on conflict (vendor, name) do update set seq = greatest(c.seq, excluded.seq)
      returning seq into place;
  else
    select seq into place from vendor_cursors where vendor = input ->> 'vendor' and name = input ->> 'name';
  end if;
  return jsonb_build_object('seq', coalesce(place, 0));
end
$$;

-- The first pair of a message, or of its counterpart, holds. input: {vendor, place, message, remote}; answer: {}
create function make_pair(input jsonb) returns jsonb language sql as $$
  insert into vendor_pairs (vendor, place, message, remote)
    values (input ->> 'vendor', input ->> 'place', (input ->> 'message')::uuid, input ->> 'remote')
    on conflict do nothing;
  select '{}'::jsonb
$$;

-- input: {vendor, place, message | remote}; answer: {message, remote} or null
create function find_pair(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('message', message, 'remote', remote) from vendor_pairs
  where vendor = input ->> 'vendor' and place = input ->> 'place'
    and (message = (input ->> 'message')::uuid or remote = input ->> 'remote')
$$;

-- input: {vendor, owner, sealed?: {keyId, box}}; without `sealed` it is forgotten; answer: {}
create function keep_secret(input jsonb) returns jsonb language plpgsql as $$
begin
  if input ? 'sealed' then
    insert into vendor_secrets (vendor, owner, key_id, box)
      values (input ->> 'vendor', input ->> 'owner', input #>> '{sealed,keyId}', decode(input #>> '{sealed,box}', 'base64'))
      on conflict (vendor, owner) do update set key_id = excluded.key_id, box = excluded.box;
  else
    delete from vendor_secrets where vendor = input ->> 'vendor' and owner = input ->> 'owner';
  end if;
  return '{}';
end
$$;

-- input: {vendor, owner}; answer: {keyId, box} or null
create function get_secret(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('keyId', key_id, 'box', translate(encode(box, 'base64'), E'\n', '')) from vendor_secrets
  where vendor = input ->> 'vendor' and owner = input ->> 'owner'
$$;

-- input: {vendor}; answer: {owners}
create function secret_owners(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('owners', coalesce(jsonb_agg(owner order by owner), '[]'))
  from vendor_secrets where vendor = input ->> 'vendor'
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 7}'::jsonb $$;
select seal(
  array[
    'vendor_links', 'vendor_unlinked', 'link_codes', 'vendor_bindings', 'vendor_pairs', 'vendor_cursors', 'vendor_secrets'
  ],
  array[
    'verify_email', 'linked_user', 'link_vendor', 'introduce_vendor', 'unlink_vendor', 'list_links', 'make_link_code',
    'use_link_code', 'vendor_people', 'vendor_speaker', 'list_bindings', 'binding_refusal', 'bind_place', 'unbind_place',
    'vendor_role', 'join_bound', 'bound_events', 'vendor_cursor', 'make_pair', 'find_pair', 'keep_secret', 'get_secret',
    'secret_owners', 'schema_version'
  ]
);
