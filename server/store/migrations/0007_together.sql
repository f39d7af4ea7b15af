-- What many ask in the same moment, when they all come back at once: one query for a group of them, each answered as if it were alone.

-- input: {users: [as ensure_user takes it]}, in the order of their ids, so that two groups never wait for each other in a ring;
-- answer: {answers: [as ensure_user gives it]}
create function ensure_users(input jsonb) returns jsonb language plpgsql as $$
declare
  one jsonb;
  answers jsonb[] := '{}';
begin
  for one in select value from jsonb_array_elements(input -> 'users') loop
    answers := answers || ensure_user(one);
  end loop;
  return jsonb_build_object('answers', to_jsonb(answers));
end
$$;

-- All are decided by the same snapshot, which is younger than every question (I9).
-- input: {rooms: [as open_room takes it]}; answer: {answers: [as open_room gives it]}
create function open_rooms(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('answers', coalesce(jsonb_agg(open_room(value) order by place), '[]'))
  from jsonb_array_elements(input -> 'rooms') with ordinality as asked (value, place)
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 7}'::jsonb $$;
select seal('{}', array['ensure_users', 'open_rooms', 'schema_version']);
