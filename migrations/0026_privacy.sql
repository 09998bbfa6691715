-- What people agreed to, and what is left of them when they are forgotten.

-- Append-only: the last row of a person and purpose is how it stands. Without a row: programme mail was agreed to with the
-- application, news and tracking were not.
create table consents (
  id bigint generated always as identity primary key,
  person_id bigint not null,
  purpose text not null,
  given boolean not null,
  at timestamptz not null,
  -- what the person read when they decided, and in which language
  wording text not null,
  language text not null,
  source text not null,
  delivery_id bigint,
  recorded_by text,
  constraint consents_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint consents_delivery_fk foreign key (delivery_id) references deliveries (id) on delete set null,
  constraint consents_purpose_known check (purpose in ('programme_mail', 'news', 'tracking')),
  constraint consents_source_known check (source in ('form', 'link', 'email', 'staff', 'import')),
  constraint consents_wording_length check (length(wording) <= 2000)
);
create index consents_person_idx on consents (person_id, purpose, id);
create index consents_delivery_idx on consents (delivery_id) where delivery_id is not null;
-- Who had stopped programme mail before; what they read then nobody knows.
insert into consents (person_id, purpose, given, at, wording, language, source, recorded_by)
  select distinct on (a.person_id) a.person_id, 'programme_mail', false, s.created_at, '', 'und',
    case when s.source like 'delivery %' then 'link' else 'email' end, case when s.source not like 'delivery %' then s.source end
  from suppressions s join addresses a on a.address = s.address
  where s.reason = 'unsubscribed' and s.scope in ('all', 'campaigns') and s.lifted_at is null
  order by a.person_id, s.created_at desc;

-- 'news' stops what is not about a round that the reader takes part in, and nothing else.
alter table suppressions drop constraint suppressions_scope_known;
alter table suppressions add constraint suppressions_scope_known check (scope in ('all', 'campaigns', 'news'));

-- Forgotten: no name, no address, no text is left, only what figures are counted from.
alter table people add column erased_at timestamptz;
-- Months after its end at which a round is made anonymous; null: never. A round may have its own.
alter table programme
  add column retention_months integer,
  add constraint programme_retention_months_range check (retention_months between 1 and 600);
alter table rounds
  add column retention_months integer,
  add column anonymised_at timestamptz,
  add constraint rounds_retention_months_range check (retention_months between 1 and 600);

create table erasures (
  id bigint generated always as identity primary key,
  person_id bigint not null,
  reason text not null,
  -- who did it, such as "staff 3"; null for the machine
  erased_by text,
  at timestamptz not null,
  constraint erasures_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint erasures_reason_known check (reason in ('asked', 'retention'))
);
create index erasures_person_idx on erasures (person_id);

-- As in 0019, with what readers decide about a round and about its news: 'news' stops announcements and nothing else, and
-- who has left the round is left out of what waits. (look_at_partners stays: an introduction is no news.)
create or replace function exchange_attempts(
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
    select d.id, d.lane, d.address, d.is_test, d.partnership_id, d.person_id, c.round_id, c.kind,
      coalesce(c.audience -> 'states' ? 'withdrawn', false) as is_for_who_left,
      case when d.is_test then 'sending' else c.state end as campaign_state
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
      where s.address = v_wanted.address and s.lifted_at is null and (s.scope = 'all'
        or (v_wanted.lane = 'campaign' and (s.scope = 'campaigns' or v_wanted.kind = 'announcement')))
      order by s.scope, s.created_at limit 1;
      -- Who has left the round gets nothing more of it, but for what answers them and what is written to those who left.
      if v_reason is null and v_wanted.kind <> 'automatic' and not v_wanted.is_for_who_left and exists (
        select from applications a
        where a.round_id = v_wanted.round_id and a.person_id = v_wanted.person_id and a.state = 'withdrawn')
      then
        v_reason := 'state_changed';
      end if;
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
