-- Signing in by the word of a service that checks who people are.

-- Whom a vendor's person is here: the user they are linked to; else the one whose e-mail was checked here too, linked from now on; else somebody
-- new. An account whose e-mail nobody checked may be anybody's: it is neither entered nor replaced, and the answer says that the address is taken.
-- So it is when the account belongs to another person at the vendor: addresses change hands.
-- input: {vendor, remote, email, id, name}, `id` for somebody new; answer: {user} or {taken: 'id' | 'email'}
create function enter_by_vendor(input jsonb) returns jsonb language plpgsql as $$
declare
  account users;
  link jsonb := jsonb_build_object('vendor', input ->> 'vendor', 'id', input ->> 'remote', 'how', 'email');
begin
  select u.* into account from vendor_links l join users u on u.id = l.user_id
    where l.vendor = input ->> 'vendor' and l.remote = input ->> 'remote';
  if found then
    return jsonb_build_object('user', user_json(account));
  end if;
  select * into account from users where email = lower(input ->> 'email');
  if found then
    if account.email_verified_at is null or account.disabled_at is not null then
      return '{"taken": "email"}';
    end if;
  else
    insert into users (id, name, role, email, email_verified_at)
    values (input ->> 'id', input ->> 'name', 'member', lower(input ->> 'email'), now())
    on conflict do nothing
    returning * into account;
    if not found then
      return '{"taken": "id"}';
    end if;
  end if;
  if not link_vendor(link || jsonb_build_object('user', account.id)) ? 'linked' then
    return '{"taken": "email"}';
  end if;
  return jsonb_build_object('user', user_json(account));
end $$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 9}'::jsonb $$;
select seal('{}', array['enter_by_vendor', 'schema_version']);
