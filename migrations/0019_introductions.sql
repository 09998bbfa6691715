-- Introductions: both partners or neither. What the ledger promises about them is told in features/partnerships/index.ts.

-- A mentor of several gets one message about all of them: these partnerships are introduced together or not at all, and
-- each names the first of them. Null: it stands alone. A delivery's partnership_id is that first one, or the only one.
alter table partnerships
  add column introduced_with bigint,
  add constraint partnerships_introduced_with_fk foreign key (introduced_with) references partnerships (id),
  add constraint partnerships_end_reason_length check (length(end_reason) <= 500);
create index partnerships_introduced_with_idx on partnerships (introduced_with) where introduced_with is not null;

-- Nobody is introduced twice to the same partners, whatever campaigns there are: two that are frozen at once cannot both
-- have a person who waits or has got it.
create unique index deliveries_introduced_once_idx on deliveries (partnership_id, person_id)
  where partnership_id is not null and not is_test and state not in ('rejected', 'skipped', 'cancelled');
-- the few that wait for a decision about their partner's
create index deliveries_partner_waits_idx on deliveries (partnership_id) where held_reason = 'partner_waits';

-- People who wait to be introduced, and with whom: their partnership stands, it is not under way to any of its partners, and
-- they have not got it yet. (A partner may have it: whom it did not reach waits still.)
create view waiting_introductions as
  select s.round_id, m.person_id, s.id as partnership_id, coalesce(s.introduced_with, s.id) as together
  from partnerships s
  join partnership_members m on m.partnership_id = s.id
  where s.introduced_at is null and s.ended_at is null
    and exists (select from partnership_members o where o.partnership_id = s.id and o.person_id <> m.person_id)
    and not exists (
      select from deliveries d
      where d.partnership_id = coalesce(s.introduced_with, s.id) and not d.is_test
        and (d.state in ('queued', 'claimed', 'sending', 'deferred', 'held', 'uncertain')
          or (d.state = 'accepted' and d.person_id = m.person_id)));

-- A partnership is introduced once all of its partners' copies were accepted. Whoever is last writes it: the row is locked, so
-- that of two who are accepted at once the second sees the first.
create function record_introduced(p_together bigint, p_at timestamptz) returns void language plpgsql as $$
begin
  perform from partnerships where id = p_together for no key update;
  update partnerships s set introduced_at = p_at
    where (s.id = p_together or s.introduced_with = p_together) and s.introduced_at is null and s.ended_at is null
      and not exists (
        select from partnership_members m where m.partnership_id = s.id and not exists (
          select from deliveries d where d.partnership_id = p_together and d.person_id = m.person_id
            and d.state = 'accepted' and not d.is_test));
end
$$;

-- Whether the introduction of one partner may begin, as things stand with the others:
--   go     somebody has it: what was begun is finished
--   try    nobody has it: the server is asked about the others' addresses first
--   busy   another's dialogue is open, one after the other
--   later  until then: another was refused for now and goes first, or a domain that refuses us has a pause
--   hold   a person decides about another first
-- or why it is skipped.
create function look_at_partners(p_delivery bigint, p_sender bigint, p_now timestamptz)
returns table (verdict text, until timestamptz, addresses text[]) language sql as $$
  with own as (
    select d.campaign_id, d.person_id, d.partnership_id, d.lane, d.attempt_id is not null as began
    from deliveries d where d.id = p_delivery
  ), partners as (
    -- who has declined or left since takes nobody's introduction, and is nobody's
    select distinct m.person_id, coalesce(a.state not in ('applied', 'confirmed'), false) as has_left
    from own
    join partnerships s on (s.id = own.partnership_id or s.introduced_with = own.partnership_id) and s.ended_at is null
    join partnership_members m on m.partnership_id = s.id
    left join applications a on a.round_id = s.round_id and a.person_id = m.person_id
  ), seen as (
    select d.id, d.state, d.address, d.due_at, d.attempt_id is not null as began,
      d.state = 'uncertain' or (d.state = 'held' and d.held_reason <> 'partner_waits') as undecided,
      stop.stopped_at, stop.paused_until, partners.has_left,
      exists (
        select from deliveries got where got.partnership_id = own.partnership_id and got.person_id = partners.person_id
          and got.state = 'accepted' and not got.is_test) as has_it,
      exists (
        select from suppressions s
        where s.address = d.address and s.lifted_at is null and (s.scope = 'all' or own.lane = 'campaign')) as suppressed
    from own
    join partners on partners.person_id <> own.person_id
    left join deliveries d on d.campaign_id = own.campaign_id and d.person_id = partners.person_id and not d.is_test
      and d.partnership_id = own.partnership_id
    left join domain_stops stop on stop.sender_id = p_sender and stop.domain = d.domain
  )
  select
    case
      when not exists (select from partners join own using (person_id)) or count(*) = 0 then 'partnership_ended'
      when (select partners.has_left from partners join own using (person_id)) then 'state_changed'
      when bool_or(has_it) then 'go'
      when bool_or(id is null or suppressed or has_left or state in ('rejected', 'skipped', 'cancelled')) then 'partner_unreachable'
      when bool_or(undecided or stopped_at is not null) then 'hold'
      when bool_or(state = 'sending') then 'busy'
      when bool_or(began) and not (select began from own) then 'later'
      when bool_or(paused_until > clock_timestamp()) then 'later'
      else 'try'
    end,
    -- a second after the other, so that the other is claimed first
    greatest(p_now, max(due_at) filter (where began), p_now + max(paused_until - clock_timestamp())) + interval '1 second',
    array_agg(address order by id)
  from seen
$$;

-- A partner's address that the server refused for good before anybody's message was handed over: their copy is rejected
-- with the server's words, as its own dialogue would have ended. Returns the domain when it refuses us rather than them.
create function reject_partner(p_together bigint, p_campaign bigint, p_worker bigint, p_sender bigint, p_said jsonb)
returns text language plpgsql as $$
declare
  v_partner record;
  v_attempt bigint;
begin
  for v_partner in
    select d.id, d.lane, d.address, d.domain from deliveries d
    where d.partnership_id = p_together and d.campaign_id = p_campaign and d.address = p_said ->> 'address' and not d.is_test
      and d.state in ('queued', 'claimed', 'deferred', 'held')
    for update
  loop
    insert into attempts (delivery_id, sender_id, worker_id, lane, address, ended_at, counted, outcome, code, enhanced_code, words)
    values (v_partner.id, p_sender, p_worker, v_partner.lane, v_partner.address, clock_timestamp(), false, 'rejected',
      (p_said ->> 'code')::int, p_said ->> 'enhanced_code', p_said ->> 'words')
    returning id into v_attempt;
    update deliveries set state = 'rejected', attempt_id = v_attempt, tries = tries + 1, worker_id = null, held_reason = null,
      updated_at = clock_timestamp()
      where id = v_partner.id;
  end loop;
  return case when (p_said ->> 'domain_refuses')::boolean then v_partner.domain end;
end
$$;

drop function exchange_attempts(bigint, bigint, timestamptz, jsonb, bigint[]);

-- As in 0007, with what introductions ask for. Of other email it costs nothing: what is new looks at rows that are read in any case.
create function exchange_attempts(
  p_worker bigint, p_sender bigint, p_now timestamptz, p_ended jsonb, p_wanted bigint[],
  -- whether an introduction is among them
  p_introduces boolean default false)
returns table (
  delivery_id bigint, attempt_id bigint, wait_ms float8,
  -- addresses that the server must be asked about before the message is handed over
  try_first text[],
  -- the wait is for a partner's dialogue: others may go meanwhile
  waits_for_partner boolean)
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
  v_together bigint;
  v_campaign bigint;
  v_refusing text;
  v_partners record;
  v_try_first text[];
  v_due timestamptz;
begin
  -- Whatever may write to the sender locks it first, and domains in one order: two exchanges never wait for each other.
  -- Introductions take their turns under the same lock: of two partners one sees what the other has got.
  if p_introduces
    or exists (select from jsonb_to_recordset(p_ended) as e(close_ms float8, domain_refuses boolean) where e.close_ms is not null or e.domain_refuses)
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
      counted boolean, is_try boolean, retry_ms float8, close_ms float8, domain_refuses boolean,
      skipped_reason text, partner jsonb)
    order by e.domain, e.attempt_id
  loop
    -- What was not begun for a partner's sake was refused all the same.
    update attempts a set ended_at = clock_timestamp(),
      outcome = case v_ended.state when 'skipped' then 'rejected' else v_ended.state end, code = v_ended.code,
      enhanced_code = v_ended.enhanced_code, words = v_ended.words, counted = v_ended.counted
      where a.id = v_ended.attempt_id and a.delivery_id = v_ended.delivery_id and a.worker_id = p_worker
        and (a.outcome is null or a.outcome = 'uncertain');
    continue when not found;
    update deliveries d set state = v_ended.state, worker_id = null, updated_at = clock_timestamp(),
      held_reason = null, skipped_reason = v_ended.skipped_reason,
      tries = d.tries - case when v_ended.is_try then 0 else 1 end,
      due_at = case when v_ended.retry_ms is null then d.due_at else p_now + make_interval(secs => v_ended.retry_ms / 1000) end,
      accepted_at = case when v_ended.state = 'accepted' then clock_timestamp() else d.accepted_at end
      where d.id = v_ended.delivery_id and d.attempt_id = v_ended.attempt_id
        and (d.state in ('sending', 'uncertain')
          -- it was accepted after all, and what a person sent again in the meantime has not left yet
          or (v_ended.state = 'accepted' and d.state in ('queued', 'deferred', 'held', 'claimed')))
      returning d.partnership_id, d.campaign_id into v_together, v_campaign;
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
    v_refusing := case when v_ended.domain_refuses then v_ended.domain end;
    if v_together is not null then
      if v_ended.state = 'accepted' then
        perform record_introduced(v_together, p_now);
      elsif v_ended.partner is not null then
        v_refusing := reject_partner(v_together, v_campaign, p_worker, p_sender, v_ended.partner);
      end if;
    end if;
    if v_refusing is not null then
      -- A domain that refuses us as a sender: a pause after three in a row, a stop after five.
      insert into domain_stops as s (sender_id, domain, refusals_in_row, words)
      values (p_sender, v_refusing, 1, coalesce(v_ended.partner ->> 'words', v_ended.words))
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
    select d.id, d.lane, d.address, d.is_test, d.partnership_id, case when d.is_test then 'sending' else c.state end as campaign_state
    from unnest(v_granted) as granted(id)
    join lateral (
      select * from deliveries where deliveries.id = granted.id and state = 'claimed' and worker_id = p_worker for update
    ) d on true
    join campaigns c on c.id = d.campaign_id
  loop
    v_state := case v_wanted.campaign_state when 'sending' then 'sending' when 'cancelled' then 'cancelled' else 'queued' end;
    v_attempt := null;
    v_reason := null;
    v_try_first := null;
    v_due := null;
    if v_state = 'sending' and not v_wanted.is_test then
      select case when s.reason = 'manual' then 'suppressed' else s.reason end into v_reason from suppressions s
      where s.address = v_wanted.address and s.lifted_at is null and (s.scope = 'all' or v_wanted.lane = 'campaign')
      order by s.scope, s.created_at limit 1;
      if v_reason is null and v_wanted.partnership_id is not null then
        select * into v_partners from look_at_partners(v_wanted.id, p_sender, p_now);
        case v_partners.verdict
          when 'go' then
          when 'try' then v_try_first := v_partners.addresses;
          when 'busy' then
            return query select v_wanted.id, null::bigint, 20::float8, null::text[], true;
            continue;
          when 'later' then
            v_state := 'queued';
            v_due := v_partners.until;
          when 'hold' then v_state := 'held';
          else v_reason := v_partners.verdict;
        end case;
      end if;
    end if;
    if v_reason is not null then
      v_state := 'skipped';
    elsif v_state = 'sending' then
      insert into attempts (delivery_id, sender_id, worker_id, lane, address)
      values (v_wanted.id, p_sender, p_worker, v_wanted.lane, v_wanted.address) returning attempts.id into v_attempt;
    end if;
    update deliveries d set state = v_state, skipped_reason = v_reason,
      held_reason = case v_state when 'held' then 'partner_waits' end, due_at = coalesce(v_due, d.due_at),
      attempt_id = coalesce(v_attempt, d.attempt_id),
      worker_id = case when v_attempt is null then null else p_worker end,
      tries = d.tries + case when v_attempt is null then 0 else 1 end, updated_at = clock_timestamp()
      where d.id = v_wanted.id;
    delivery_id := v_wanted.id;
    attempt_id := v_attempt;
    wait_ms := null;
    try_first := v_try_first;
    waits_for_partner := false;
    return next;
  end loop;
  return query
  select d.id, null::bigint, greatest(1, case d.lane when 'automatic' then greatest(v_wait, 20) else v_wait_campaign end),
    null::text[], false
  from deliveries d where d.id = any(p_wanted) and not d.id = any(coalesce(v_granted, '{}'));
end
$$;
