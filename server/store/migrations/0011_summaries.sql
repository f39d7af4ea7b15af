-- Summaries: what is asked of a room's messages, pieces of summaries that can be used again, posted summaries as entries of the log, and what
-- all of it has cost. A summary is only as good as the messages it was made of: every change of one takes what was made of it away.

-- How often a message was edited or deleted. The sum over a stretch of a room's messages says whether anything in it has changed.
alter table messages add column version integer not null default 0;
create index messages_changed on messages (room, seq) include (version) where version > 0;
-- Of a posted summary: claims with their sources, and who wrote it. Such a message is not edited, and is no material for other summaries.
alter table messages add column summary jsonb;

-- What a model or our own rules made of a stretch of a room's messages.
create table summary_pieces (
  room text not null references rooms (id),
  epoch text not null,
  first_seq bigint not null,
  last_seq bigint not null,
  -- style and question, as a digest
  ask text not null,
  model text not null,
  -- the sum of the versions of its messages when they were read
  version bigint not null,
  claims jsonb not null,
  used_at timestamptz not null,
  primary key (room, epoch, first_seq, last_seq, ask, model)
);

-- The quiet summary of the newest messages of a room, made anew after enough others came. Without a body: it was invalidated.
create table live_summaries (
  room text primary key references rooms (id),
  epoch text not null,
  first_seq bigint not null,
  up_to bigint not null,
  -- the room's head when it was made, or last tried
  seen bigint not null,
  at timestamptz not null,
  body jsonb
);

-- US dollars and tokens, by month (UTC) and provider.
create table ai_spend (
  month text not null,
  provider text not null,
  requests bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cost numeric not null,
  primary key (month, provider)
);

create function message_changed() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  delete from summary_pieces where room = new.room and new.seq between first_seq and last_seq;
  update live_summaries set body = null where room = new.room and new.seq between first_seq and up_to;
  return new;
end
$$;
create trigger message_changed before update of text, deleted_at on messages
  for each row when (old.text is distinct from new.text or old.deleted_at is distinct from new.deleted_at)
  execute function message_changed();

-- As in 0002, and what a posted summary says.
create or replace function message_json(m messages) returns jsonb language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'id', m.id, 'room', m.room, 'seq', m.seq, 'at', iso(m.at), 'by', m.author, 'text', m.text,
    'replyTo', m.reply_to, 'root', m.root, 'files', '[]'::jsonb, 'mentions', to_jsonb(m.mentions),
    'editedAt', iso(m.edited_at), 'deletedAt', iso(m.deleted_at), 'pinned', nullif(m.pinned, false),
    'thread', case when m.replies > 0 then jsonb_build_object('count', m.replies, 'lastSeq', m.last_reply) end))
    || jsonb_build_object('reactions', coalesce((
      select jsonb_agg(jsonb_build_object('emoji', emoji, 'users', users) order by place)
      from (
        select emoji, min(place) as place, jsonb_agg(user_id order by seq) as users
        from reactions where room = m.room and message = m.id group by emoji
      ) as by_emoji), '[]'))
    || case when m.meta is null then '{}' else jsonb_build_object('meta', m.meta) end
    || case when m.summary is null then '{}' else jsonb_build_object('summary', m.summary) end
$$;

-- From which entry on all members may read: a summary for the room is made of nothing before it.
create function common_floor(r rooms) returns bigint language sql stable as $$
  select case when r.kind = 'public' then 1 else coalesce((select max(since_seq) from members where room = r.id), 1) end
$$;

-- summary.posted: a message with its sources. `check` is what the hub made it of: {floor, cited: [{id, version}]}. Everything is looked at once
-- more under the room's lock, so that nobody is shown what a newcomer may not read, or what was edited or deleted meanwhile. An import has no
-- `check`; there the sources are found again by their ids.
create function apply_summary(r rooms, d draft, m members) returns jsonb language plpgsql as $$
declare
  sources jsonb := d.data -> 'citations';
  guard jsonb := d.data -> 'check';
  data jsonb := d.data - 'check';
begin
  if guard is not null then
    if not r.ai then
      return jsonb_build_object('refusal', refusal('forbidden', 'Summaries are turned off in this room.'));
    elsif common_floor(r) > (guard ->> 'floor')::bigint then
      return jsonb_build_object('refusal', refusal('conflict', 'Somebody came who may not read all of this.', '"floor"'));
    elsif exists (
      select from jsonb_to_recordset(guard -> 'cited') as c (id uuid, version integer)
      left join messages x on x.room = r.id and x.id = c.id
      where x.version is distinct from c.version or x.deleted_at is not null
    ) then
      return jsonb_build_object('refusal', refusal('conflict', 'A message was changed meanwhile.', '"changed"'));
    end if;
  end if;
  select data || jsonb_build_object('citations', coalesce(jsonb_agg(
      s.value || jsonb_build_object('seq', coalesce(x.seq, 0)) order by s.place), '[]'))
    into data
    from jsonb_array_elements(sources) with ordinality as s (value, place)
    left join messages x on x.room = r.id and x.id = (s.value ->> 'messageId')::uuid;
  insert into messages (room, seq, id, at, author, text, summary)
    values (r.id, r.head + 1, d.id, d.at, d.author, data ->> 'text', data - 'text');
  return jsonb_build_object('data', data);
end
$$;

-- As in 0003, and summary.posted; a posted summary is not edited.
create or replace function append_draft(r rooms, d draft) returns jsonb language plpgsql as $$
declare
  known events;
  m members;
  outcome jsonb;
  entry events;
begin
  select * into known from events where room = r.id and id = d.id;
  if known.seq is not null then
    if known.author <> d.author or known.digest <> d.digest then
      return jsonb_build_object('error', refusal('conflict', 'This id was used for something else.'));
    end if;
    return jsonb_build_object('seq', known.seq, 'at', iso(known.at), 'duplicate', true);
  end if;

  select * into m from members where room = r.id and user_id = d.author;
  if m.user_id is null and r.kind <> 'public' and not d.admin then
    return jsonb_build_object('error', refusal('not_found', 'There is no such room.'));
  end if;

  if d.type in ('message.created', 'message.edited', 'message.deleted', 'message.pinned', 'reaction.added', 'reaction.removed',
                'summary.posted') then
    if m.user_id is null and not (d.admin and d.type = 'message.deleted') then
      return jsonb_build_object('error', refusal('forbidden', 'Join the room first.'));
    end if;
    outcome := posting_refusal(r, m, d.at);
    if outcome is not null then
      return jsonb_build_object('error', outcome);
    end if;
    if d.type = 'message.edited' and exists (select from messages where room = r.id and id = d.target and summary is not null) then
      return jsonb_build_object('error', refusal('conflict', 'A posted summary is not edited: delete it, and post another.'));
    end if;
    outcome := case d.type when 'message.created' then apply_message(r, d, m) when 'summary.posted' then apply_summary(r, d, m)
      else apply_change(r, d, m) end;
  elsif d.type = 'room.updated' then
    outcome := apply_settings(r, d, m);
  else
    outcome := apply_membership(r, d, m);
  end if;

  if outcome ? 'refusal' then
    return jsonb_build_object('error', outcome -> 'refusal');
  elsif outcome ? 'standing' then
    return jsonb_build_object('seq', outcome -> 'standing', 'at', iso(d.at));
  end if;
  insert into events (room, seq, id, type, at, author, target, data, digest)
    values (r.id, r.head + 1, d.id, d.type, d.at, d.author, d.target, outcome -> 'data', d.digest)
    returning * into entry;
  return jsonb_build_object('event', event_json(entry));
end
$$;

-- The words of a deleted message leave the summaries that were posted of it too, in the log as in the projection: every claim that cites it.
-- The same rule is in shared/posted-summary.ts, which the clients' fold follows.
create function without_cited(body jsonb, gone uuid) returns jsonb language sql immutable as $$
  with sources as (
    select c.place as n from jsonb_array_elements(body -> 'citations') with ordinality as c (value, place)
    where (c.value ->> 'messageId')::uuid = gone
  ), claims as (
    select c.value, c.place from jsonb_array_elements(body -> 'claims') with ordinality as c (value, place)
    where not exists (select from sources where c.value -> 'cites' @> to_jsonb(n))
  )
  select body || jsonb_build_object(
    'text', coalesce((select string_agg('- ' || (value ->> 'text') || coalesce((
        select string_agg(' [' || cite || ']', '' order by place)
        from jsonb_array_elements_text(value -> 'cites') with ordinality as x (cite, place)), ''), e'\n' order by place) from claims), ''),
    'claims', coalesce((select jsonb_agg(value order by place) from claims), '[]'),
    'citations', (select jsonb_agg(case when (value ->> 'messageId')::uuid = gone
        then value || '{"quote": ""}' else value end order by place)
      from jsonb_array_elements(body -> 'citations') with ordinality as c (value, place)))
$$;

create function summary_lost_source() returns trigger language plpgsql as $$
declare
  posted record;
  body jsonb;
begin
  for posted in
    select seq, text, summary from messages
    where room = new.room and summary is not null and deleted_at is null and seq > new.seq
      and summary -> 'citations' @> jsonb_build_array(jsonb_build_object('messageId', new.id))
  loop
    body := without_cited(posted.summary || jsonb_build_object('text', posted.text), new.id);
    update messages set text = body ->> 'text', summary = body - 'text' where room = new.room and seq = posted.seq;
    update events set data = body where room = new.room and seq = posted.seq;
  end loop;
  return null;
end
$$;
create index messages_summaries on messages (room, seq) where summary is not null;
create trigger summary_lost_source after update of deleted_at on messages
  for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function summary_lost_source();

create function summary_gone() returns trigger language plpgsql as $$
begin
  new.summary := null;
  return new;
end
$$;
create trigger summary_gone before update of deleted_at on messages
  for each row when (new.deleted_at is not null) execute function summary_gone();

-- The room and the caller's membership for a summary, or why not.
create function summary_access(input jsonb, out r rooms, out m members, out error jsonb, out floor bigint)
language plpgsql stable as $$
declare
  a record;
begin
  select * into a from access(input ->> 'room', input ->> 'user', (input ->> 'admin')::boolean);
  r := a.r;
  m := a.m;
  error := a.error;
  if error is null and not r.ai then
    error := refusal('forbidden', 'Summaries are turned off in this room.');
  end if;
  if error is null and input ->> 'audience' = 'room' then
    error := posting_refusal(r, m, now());
  end if;
  floor := case when input ->> 'audience' = 'room' then common_floor(r) else first_readable(r, m) end;
end
$$;

-- What a summary is made of, as one snapshot shows it (I9): the newest messages of the range that fit, in order. Texts are cut, since nobody needs a
-- pasted file to know what was said.
-- input: {room, user, admin, audience, range: {unread: true} | {days} | {since} | {after?, before?} | {newest, align}, most, chars, each}
-- answer: {error} | {room: {id, title, epoch, head}, floor, first, last, clipped, lines: [{seq, id, at, by, text, replyTo?, version}], changed: [[seq, version]]}
create function summary_lines(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  range jsonb := input -> 'range';
  low bigint;
  high bigint;
  since timestamptz;
  found jsonb;
begin
  select * into a from summary_access(input);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  low := greatest(a.floor, case
    when range ? 'unread' then (a.m).read_seq + 1
    when range ? 'newest' then
      greatest((a.r).head - (range ->> 'newest')::bigint, 0) / (range ->> 'align')::bigint * (range ->> 'align')::bigint + 1
    else coalesce((range ->> 'after')::bigint, 0) + 1 end);
  since := coalesce((range ->> 'since')::timestamptz, now() - make_interval(days => (range ->> 'days')::integer));
  if since is not null then
    low := coalesce((select min(seq) from messages where room = (a.r).id and seq >= low and at >= since), (a.r).head + 1);
  end if;
  high := least((a.r).head, coalesce((range ->> 'before')::bigint - 1, (a.r).head));
  with newest as materialized (
    select seq, id, at, author, left(text, (input ->> 'each')::integer) as text, reply_to, version
    from messages
    where room = (a.r).id and seq between low and high and deleted_at is null and summary is null
    order by seq desc limit (input ->> 'most')::integer + 1
  ), counted as (
    select newest.*, sum(length(text)) over (order by seq desc) as chars, row_number() over (order by seq desc) as n from newest
  ), kept as materialized (
    select * from counted where n <= (input ->> 'most')::integer and (chars <= (input ->> 'chars')::bigint or n = 1)
  )
  select jsonb_build_object(
    'clipped', (select count(*) from newest) > (select count(*) from kept),
    'lines', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'seq', k.seq, 'id', k.id, 'at', iso(k.at), 'by', u.name, 'text', k.text,
        'replyTo', p.seq, 'version', k.version)) order by k.seq)
      from kept k join users u on u.id = k.author left join kept p on p.id = k.reply_to), '[]'))
    into found;
  if (found ->> 'clipped')::boolean then
    low := (found #>> '{lines,0,seq}')::bigint;
  end if;
  return found || jsonb_build_object(
    'room', jsonb_build_object('id', (a.r).id, 'title', (a.r).title, 'epoch', (a.r).epoch, 'head', (a.r).head),
    'floor', a.floor, 'first', low, 'last', high,
    'changed', coalesce((select jsonb_agg(jsonb_build_array(seq, version)) from messages
      where room = (a.r).id and seq between low and high and version > 0), '[]'));
end
$$;

-- Which of the messages cited still say what they said, to somebody who may still read all that the summary was made of.
-- input: {room, user, admin, audience, floor, cited: [{id, version}]}; answer: {error} | {cited: [{seq, id, text}]}
create function summary_check(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
begin
  select * into a from summary_access(input);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  elsif a.floor > (input ->> 'floor')::bigint then
    return jsonb_build_object('error', refusal('conflict', 'What may be read here has changed meanwhile: ask again.', '"floor"'));
  end if;
  return jsonb_build_object('cited', coalesce((
    select jsonb_agg(jsonb_build_object('seq', x.seq, 'id', x.id, 'text', left(x.text, 4000)) order by x.seq)
    from jsonb_to_recordset(input -> 'cited') as c (id uuid, version integer)
    join messages x on x.room = (a.r).id and x.id = c.id and x.version = c.version and x.deleted_at is null
      and x.seq >= (input ->> 'floor')::bigint), '[]'));
end
$$;

-- The sum of the versions of a stretch.
create function stretch_version(room_id text, first_seq bigint, last_seq bigint) returns bigint language sql stable as $$
  select coalesce(sum(version), 0)::bigint from messages where room = room_id and seq between first_seq and last_seq and version > 0
$$;

-- input: {room, epoch, ask, model, stretches: [{first, last}]}; answer: {pieces: [claims | null]} in their order
create function find_pieces(input jsonb) returns jsonb language plpgsql as $$
declare
  found jsonb;
begin
  update summary_pieces p set used_at = now()
    from jsonb_to_recordset(input -> 'stretches') as s (first bigint, last bigint)
    where p.room = input ->> 'room' and p.epoch = input ->> 'epoch' and p.ask = input ->> 'ask' and p.model = input ->> 'model'
      and p.first_seq = s.first and p.last_seq = s.last and p.used_at < now() - interval '1 day';
  select jsonb_agg(p.claims order by s.place) into found
    from jsonb_array_elements(input -> 'stretches') with ordinality as s (value, place)
    left join summary_pieces p on p.room = input ->> 'room' and p.epoch = input ->> 'epoch' and p.ask = input ->> 'ask'
      and p.model = input ->> 'model' and p.first_seq = (s.value ->> 'first')::bigint and p.last_seq = (s.value ->> 'last')::bigint
      and p.version = stretch_version(p.room, p.first_seq, p.last_seq);
  return jsonb_build_object('pieces', coalesce(found, '[]'));
end
$$;

-- A piece whose messages changed while it was written is not kept.
-- input: {room, epoch, ask, model, first, last, version, claims}; answer: {kept}
create function keep_piece(input jsonb) returns jsonb language sql as $$
  with kept as (
    insert into summary_pieces (room, epoch, first_seq, last_seq, ask, model, version, claims, used_at)
      select r.id, r.epoch, (input ->> 'first')::bigint, (input ->> 'last')::bigint, input ->> 'ask', input ->> 'model',
        (input ->> 'version')::bigint, input -> 'claims', now()
      from rooms r where r.id = input ->> 'room' and r.epoch = input ->> 'epoch'
        and stretch_version(r.id, (input ->> 'first')::bigint, (input ->> 'last')::bigint) = (input ->> 'version')::bigint
      on conflict (room, epoch, first_seq, last_seq, ask, model) do update
        set version = excluded.version, claims = excluded.claims, used_at = excluded.used_at
      returning 1
  )
  select jsonb_build_object('kept', exists (select from kept))
$$;

-- Rooms with `every` entries or more since their quiet summary, and those whose summary was invalidated some minutes ago.
-- input: {every, limit}; answer: {rooms: [id]}
create function due_summaries(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('rooms', coalesce(jsonb_agg(id), '[]')) from (
    select r.id from rooms r left join live_summaries l on l.room = r.id and l.epoch = r.epoch
    where r.ai and not r.archived and (
      r.head - coalesce(l.seen, 0) >= (input ->> 'every')::bigint
      or (l.room is not null and l.body is null and l.at < now() - interval '5 minutes' and l.seen >= (input ->> 'every')::bigint))
    order by r.head - coalesce(l.seen, 0) desc
    limit (input ->> 'limit')::integer) as due
$$;

-- Of the newest messages that all members may read, for the quiet summary alone. input: {room, newest, most, chars, each}; answer as summary_lines
create function live_lines(input jsonb) returns jsonb language plpgsql stable as $$
declare
  r rooms;
  someone text;
begin
  select * into r from rooms where id = input ->> 'room';
  select user_id into someone from members where room = r.id order by since_seq desc limit 1;
  return summary_lines(input || jsonb_build_object('user', someone, 'admin', false, 'audience', 'live')) || jsonb_build_object('floor', common_floor(r));
end
$$;

-- input: {room, epoch, first, last, seen, version, body?}; answer: {kept}. Kept without its body when a message changed meanwhile. Without a body it
-- is only marked as tried: what is there stays until the new one is.
create function keep_live(input jsonb) returns jsonb language sql as $$
  with kept as (
    insert into live_summaries (room, epoch, first_seq, up_to, seen, at, body)
      select r.id, r.epoch, (input ->> 'first')::bigint, (input ->> 'last')::bigint, (input ->> 'seen')::bigint, now(),
        case when stretch_version(r.id, (input ->> 'first')::bigint, (input ->> 'last')::bigint) = (input ->> 'version')::bigint
          then input -> 'body' end
      from rooms r where r.id = input ->> 'room' and r.epoch = input ->> 'epoch'
      on conflict (room) do update set seen = excluded.seen, at = excluded.at, epoch = excluded.epoch,
        first_seq = case when not input ? 'body' and live_summaries.epoch = excluded.epoch then live_summaries.first_seq else excluded.first_seq end,
        up_to = case when not input ? 'body' and live_summaries.epoch = excluded.epoch then live_summaries.up_to else excluded.up_to end,
        body = case when not input ? 'body' and live_summaries.epoch = excluded.epoch then live_summaries.body else excluded.body end
      returning body
  )
  select jsonb_build_object('kept', exists (select from kept where body is not null))
$$;

-- The quiet summary, to those who may read all that it was made of. input: {room, user, admin}; answer: {error} | {summary} | {}
create function live_summary(input jsonb) returns jsonb language plpgsql stable as $$
declare
  a record;
  l live_summaries;
begin
  select * into a from summary_access(input);
  if a.error is not null then
    return jsonb_build_object('error', a.error);
  end if;
  select * into l from live_summaries where room = (a.r).id and epoch = (a.r).epoch and first_seq >= a.floor;
  if l.body is null then
    return '{}';
  end if;
  return jsonb_build_object('summary', l.body || jsonb_build_object('upTo', l.up_to, 'from', l.first_seq, 'at', iso(l.at)));
end
$$;

-- input: {provider?, inputTokens?, outputTokens?, cost?}; answer: {spent}: US dollars of this month, over all providers
create function ai_spent(input jsonb) returns jsonb language plpgsql as $$
declare
  this_month text := to_char(now() at time zone 'UTC', 'YYYY-MM');
begin
  if input ? 'provider' then
    insert into ai_spend (month, provider, requests, input_tokens, output_tokens, cost)
      values (this_month, input ->> 'provider', 1, (input ->> 'inputTokens')::bigint, (input ->> 'outputTokens')::bigint, (input ->> 'cost')::numeric)
      on conflict (month, provider) do update set requests = ai_spend.requests + 1,
        input_tokens = ai_spend.input_tokens + excluded.input_tokens, output_tokens = ai_spend.output_tokens + excluded.output_tokens,
        cost = ai_spend.cost + excluded.cost;
  end if;
  return jsonb_build_object('spent', coalesce((select sum(cost) from ai_spend where month = this_month), 0));
end
$$;

-- In whose name the recap of a room that is bound to a vendor is read: who bound it. input: {vendor, room}; answer: {user} or null
create function recap_reader(input jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object('user', user_json(u))
  from vendor_bindings b join users u on u.id = b.bound_by
  where b.vendor = input ->> 'vendor' and b.room = input ->> 'room'
  order by b.place limit 1
$$;

-- As in 0006, and pieces that nobody used for a month.
create or replace function sweep(input jsonb) returns jsonb language sql as $$
  with ended as (
    delete from sessions where least(expires_at, coalesce(revoked_at, expires_at)) < now() - interval '30 days' returning 1
  ), links as (
    delete from sign_in_links where expires_at < now() - interval '1 day' returning 1
  ), lifted as (
    delete from bans where until < now() returning 1
  ), gone as (
    delete from probes where at < now() - interval '1 day' returning 1
  ), pieces as (
    delete from summary_pieces where used_at < now() - interval '30 days' returning 1
  )
  select jsonb_build_object(
    'sessions', (select count(*) from ended), 'links', (select count(*) from links),
    'bans', (select count(*) from lifted), 'probes', (select count(*) from gone), 'pieces', (select count(*) from pieces))
$$;

create or replace function schema_version(input jsonb) returns jsonb language sql immutable as $$ select '{"version": 11}'::jsonb $$;
select seal(array['summary_pieces', 'live_summaries', 'ai_spend'], array[
  'message_changed', 'message_json', 'common_floor', 'apply_summary', 'append_draft', 'without_cited', 'summary_lost_source', 'summary_gone',
  'summary_access', 'summary_lines', 'summary_check', 'stretch_version', 'find_pieces', 'keep_piece', 'due_summaries', 'live_lines', 'keep_live',
  'live_summary', 'ai_spent', 'recap_reader', 'sweep', 'schema_version']);
