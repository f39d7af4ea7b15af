-- Who links an account by their own doing, or has an admin do it, has more than the same e-mail address: the link says so from then on.

-- input: {vendor, id, user, how}; answer: {linked: true} | {error}. Linked already, with each other, is linked.
create or replace function link_vendor(input jsonb) returns jsonb language plpgsql as $$
declare
  their_name text := input ->> 'vendor';
begin
  if not exists (select from users where id = input ->> 'user' and disabled_at is null) then
    return jsonb_build_object('error', refusal('not_found', 'There is no such user.'));
  end if;
  insert into vendor_links (vendor, remote, user_id, how)
    values (their_name, input ->> 'id', input ->> 'user', input ->> 'how')
    on conflict do nothing;
  update vendor_links set how = input ->> 'how'
    where vendor = their_name and remote = input ->> 'id' and user_id = input ->> 'user' and input ->> 'how' <> 'email';
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

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 14}'::jsonb $$;
select seal(array[]::text[], array['link_vendor', 'schema_version']);
