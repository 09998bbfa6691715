-- Limits as rows, and the one statement at the heart of sending: outcomes in, leave to begin out. It is a function so
-- that an exchange costs one round trip and one commit; its promises are told in features/deliveries/exchange.ts.

create table sender_limits (
  sender_id bigint not null,
  seconds integer not null,
  count integer not null,
  -- what campaigns may use of it, so that automatic email always finds room
  campaign_count integer not null,
  constraint sender_limits_pk primary key (sender_id, seconds),
  constraint sender_limits_sender_fk foreign key (sender_id) references senders (id) on delete cascade,
  constraint sender_limits_positive check (seconds > 0 and count > 0 and campaign_count between 1 and count)
);

create function exchange_attempts(p_worker bigint, p_sender bigint, p_now timestamptz, p_ended jsonb, p_wanted bigint[])
returns table (delivery_id bigint, attempt_id bigint, wait_ms float8)
language plpgsql
-- Plans of a session are made while the tables are small, and kept while they grow: without this, for reading them whole.
set enable_seqscan = off
as $$
declare
  v_ended record;
  v_wanted record;
  v_attempt bigint;
  v_state text;
  v_reason text;
  v_closed_ms float8;
  v_limit record;
  v_open bigint;
  v_open_campaign bigint;
  v_used bigint;
  v_used_campaign bigint;
  v_free bigint := 1e9;
  v_free_campaign bigint := 1e9;
  v_wait float8 := 0;
  v_wait_campaign float8 := 0;
  v_one float8;
  v_clock timestamptz;
  v_automatic bigint;
  v_granted bigint[];
begin
  -- Whatever may write to the sender locks it first, and domains in one order: two exchanges never wait for each other.
  if exists (select from jsonb_to_recordset(p_ended) as e(close_ms float8, domain_refuses boolean) where e.close_ms is not null or e.domain_refuses)
    or exists (select from senders where id = p_sender and closed_times > 0)
    or exists (select from domain_stops where sender_id = p_sender and stopped_at is null)
  then
    perform from senders where id = p_sender for update;
  end if;

  -- 1. How dialogues ended. Guarded by the attempt: a worker that was thought lost may still tell the truth about a
  -- delivery that has become uncertain, but not about one that a person has decided or another worker has taken.
  for v_ended in
    select * from jsonb_to_recordset(p_ended) as e(
      attempt_id bigint, delivery_id bigint, domain text, state text, code int, enhanced_code text, words text,
      counted boolean, is_try boolean, retry_ms float8, close_ms float8, domain_refuses boolean)
    order by e.domain, e.attempt_id
  loop
    update attempts a set ended_at = clock_timestamp(), outcome = v_ended.state, code = v_ended.code,
      enhanced_code = v_ended.enhanced_code, words = v_ended.words, counted = v_ended.counted
      where a.id = v_ended.attempt_id and a.delivery_id = v_ended.delivery_id and a.worker_id = p_worker
        and (a.outcome is null or a.outcome = 'uncertain');
    continue when not found;
    update deliveries d set state = v_ended.state, worker_id = null, updated_at = clock_timestamp(),
      held_reason = null, tries = d.tries - case when v_ended.is_try then 0 else 1 end,
      due_at = case when v_ended.retry_ms is null then d.due_at else p_now + make_interval(secs => v_ended.retry_ms / 1000) end,
      accepted_at = case when v_ended.state = 'accepted' then clock_timestamp() else d.accepted_at end
      where d.id = v_ended.delivery_id and d.attempt_id = v_ended.attempt_id
        and (d.state in ('sending', 'uncertain')
          -- it was accepted after all, and what a person sent again in the meantime has not left yet
          or (v_ended.state = 'accepted' and d.state in ('queued', 'deferred', 'held', 'claimed')));
    if v_ended.state = 'accepted' then
      -- An acceptance ends a domain's row of refusals and proves the account open.
      delete from domain_stops s where s.sender_id = p_sender and s.domain = v_ended.domain and s.stopped_at is null;
      update senders set closed_until = null, closed_words = null, closed_times = 0
        where id = p_sender and closed_times > 0 and closed_until < clock_timestamp();
    end if;
    if v_ended.close_ms is not null then
      -- The provider said "enough": closed, twice as long each time in a row, at most an hour.
      update senders set closed_words = v_ended.words, closed_times = closed_times + 1,
        closed_until = clock_timestamp() + make_interval(secs => least(3600, v_ended.close_ms / 1000 * 2 ^ least(closed_times, 10)))
        where id = p_sender and (closed_until is null or closed_until < clock_timestamp());
    end if;
    if v_ended.domain_refuses then
      -- A domain that refuses us as a sender: a pause after three in a row, a stop after five.
      insert into domain_stops as s (sender_id, domain, refusals_in_row, words)
      values (p_sender, v_ended.domain, 1, v_ended.words)
      on conflict on constraint domain_stops_pk do update set
        refusals_in_row = s.refusals_in_row + 1, words = excluded.words,
        paused_until = case when s.refusals_in_row >= 2 then clock_timestamp() + interval '10 minutes' else s.paused_until end,
        stopped_at = case when s.refusals_in_row >= 4 then coalesce(s.stopped_at, clock_timestamp()) else s.stopped_at end;
    end if;
  end loop;

  if cardinality(p_wanted) = 0 then
    return;
  end if;

  -- 2. The budget. With limits the sender's row is locked until the commit, so that no two exchanges count the same room;
  -- each statement below sees what the last holder of the lock has committed.
  if not exists (select from sender_limits where sender_id = p_sender) then
    -- Limits that are being written this moment are waited for.
    perform from senders where id = p_sender for share;
  end if;
  if exists (select from sender_limits where sender_id = p_sender) then
    perform from senders where id = p_sender for update;
    -- Taken under the lock, and a constant for the planner: a window is found by its index.
    v_clock := clock_timestamp();
    select count(*), count(*) filter (where lane = 'campaign') into v_open, v_open_campaign
      from attempts where sender_id = p_sender and ended_at is null;
    for v_limit in select * from sender_limits where sender_id = p_sender loop
      -- Never counts further than it must: a window that is full is full.
      select v_open + count(*), v_open_campaign + count(*) filter (where lane = 'campaign') into v_used, v_used_campaign
      from (
        select lane from attempts
        where sender_id = p_sender and counted and ended_at > v_clock - make_interval(secs => v_limit.seconds)
        order by ended_at desc limit v_limit.count
      ) live;
      v_free := least(v_free, v_limit.count - v_used);
      v_free_campaign := least(v_free_campaign, v_limit.campaign_count - v_used_campaign);
      if v_used >= v_limit.count then
        v_one := window_wait_ms(p_sender, v_limit.seconds, v_used - v_limit.count, v_clock, null);
        v_wait := greatest(v_wait, v_one);
      end if;
      if v_used_campaign >= v_limit.campaign_count then
        v_one := window_wait_ms(p_sender, v_limit.seconds, v_used_campaign - v_limit.campaign_count, v_clock, 'campaign');
        v_wait_campaign := greatest(v_wait_campaign, v_one);
      end if;
    end loop;
  end if;
  select greatest(0, extract(epoch from closed_until - clock_timestamp()) * 1000) into v_closed_ms from senders where id = p_sender;
  if v_closed_ms > 0 then
    v_free := 0;
    v_wait := greatest(v_wait, v_closed_ms);
  end if;
  v_wait_campaign := greatest(v_wait_campaign, v_wait, 20);

  -- 3. Who may begin: automatic email first, campaigns within their share.
  select count(*) into v_automatic from deliveries where id = any(p_wanted) and lane = 'automatic';
  v_automatic := greatest(0, least(v_automatic, v_free));
  v_free_campaign := greatest(0, least(v_free_campaign, v_free - v_automatic));
  select array_agg(id) into v_granted from (
    select d.id, d.lane, row_number() over (partition by d.lane order by d.due_at, d.id) as place
    from deliveries d where d.id = any(p_wanted)
  ) asked
  where place <= case asked.lane when 'automatic' then v_automatic else v_free_campaign end;

  -- 4. The intent, before the dialogue: from here on a crash leaves the delivery uncertain. Looks once more at what may
  -- have changed since the audience was frozen; a claim that was taken away meanwhile is left alone.
  for v_wanted in
    select d.id, d.lane, d.address, d.is_test, case when d.is_test then 'sending' else c.state end as campaign_state
    from unnest(v_granted) as granted(id)
    join lateral (
      select * from deliveries where deliveries.id = granted.id and state = 'claimed' and worker_id = p_worker for update
    ) d on true
    join campaigns c on c.id = d.campaign_id
  loop
    v_state := case v_wanted.campaign_state when 'sending' then 'sending' when 'cancelled' then 'cancelled' else 'queued' end;
    v_attempt := null;
    v_reason := null;
    if v_state = 'sending' and not v_wanted.is_test then
      select case when s.reason = 'manual' then 'suppressed' else s.reason end into v_reason from suppressions s
      where s.address = v_wanted.address and s.lifted_at is null and (s.scope = 'all' or v_wanted.lane = 'campaign')
      order by s.scope, s.created_at limit 1;
    end if;
    if v_reason is not null then
      v_state := 'skipped';
    elsif v_state = 'sending' then
      insert into attempts (delivery_id, sender_id, worker_id, lane, address)
      values (v_wanted.id, p_sender, p_worker, v_wanted.lane, v_wanted.address) returning attempts.id into v_attempt;
    end if;
    update deliveries d set state = v_state, skipped_reason = v_reason, attempt_id = coalesce(v_attempt, d.attempt_id),
      worker_id = case when v_attempt is null then null else p_worker end,
      tries = d.tries + case when v_attempt is null then 0 else 1 end, updated_at = clock_timestamp()
      where d.id = v_wanted.id;
    delivery_id := v_wanted.id;
    attempt_id := v_attempt;
    wait_ms := null;
    return next;
  end loop;
  return query
  select d.id, null::bigint, greatest(1, case d.lane when 'automatic' then greatest(v_wait, 20) else v_wait_campaign end)
  from deliveries d where d.id = any(p_wanted) and not d.id = any(coalesce(v_granted, '{}'));
end
$$;

-- Milliseconds until there is room in a window: until the attempt in the way, after `p_skip` older ones, has left it.
-- When only open dialogues are in the way, their end decides: asked again soon.
create function window_wait_ms(p_sender bigint, p_seconds integer, p_skip bigint, p_clock timestamptz, p_lane text)
returns float8 language sql as $$
  select coalesce((
    select extract(epoch from ended_at + make_interval(secs => p_seconds) - p_clock) * 1000
    from attempts
    where sender_id = p_sender and counted and ended_at > p_clock - make_interval(secs => p_seconds)
      and (p_lane is null or lane = p_lane)
    order by ended_at offset p_skip limit 1), 50)
$$;
