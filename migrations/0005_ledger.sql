-- The ledger: one row per (campaign, person), every attempt, and what decides whether a row may be sent now.

-- A mail account with its limits. Limits count over every process; the row is locked while a budget is taken.
create table senders (
  id bigint generated always as identity primary key,
  name text not null,
  limits text not null default '',
  limits_from_env text,
  automatic_reserve_percent integer not null default 10,
  -- the provider said "enough" (mail.md, "Provider's own words"): nothing is sent until then
  closed_until timestamptz,
  closed_words text,
  closed_times integer not null default 0,
  -- the server cannot be reached or refuses us: tried again at next_try_at, said in words
  trouble_since timestamptz,
  trouble_words text,
  trouble_times integer not null default 0,
  next_try_at timestamptz,
  constraint senders_name_key unique (name),
  constraint senders_reserve_percent check (automatic_reserve_percent between 0 and 90)
);

-- One row per sending process. It beats; rows of one that stopped beating are taken back (deliveries/recover.ts).
create table workers (
  id bigint generated always as identity primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default clock_timestamp(),
  beat_at timestamptz not null default clock_timestamp(),
  stopped_at timestamptz
);
create index workers_live_idx on workers (id) where stopped_at is null;

create table deliveries (
  id bigint generated always as identity primary key,
  campaign_id bigint not null,
  -- null only for a test email of an empty round: it shows sample values
  person_id bigint,
  -- a test email goes through the ledger like any other (limits, attempts), but is in nobody's figures
  is_test boolean not null default false,
  lane text not null,
  state text not null,
  skipped_reason text,
  held_reason text,
  address text,
  domain text,
  language text not null,
  version integer not null,
  due_at timestamptz not null,
  tries integer not null default 0,
  worker_id bigint,
  -- the last attempt (attempts.id); no foreign key, since the two tables would refer to one another
  attempt_id bigint,
  accepted_at timestamptz,
  updated_at timestamptz not null default clock_timestamp(),
  constraint deliveries_campaign_fk foreign key (campaign_id) references campaigns (id),
  constraint deliveries_person_fk foreign key (person_id) references people (id),
  constraint deliveries_worker_fk foreign key (worker_id) references workers (id),
  constraint deliveries_has_person check (person_id is not null or is_test),
  constraint deliveries_lane_known check (lane in ('automatic', 'campaign')),
  constraint deliveries_state_known check (
    state in ('queued', 'claimed', 'sending', 'accepted', 'deferred', 'rejected', 'uncertain', 'skipped', 'held', 'cancelled')
  ),
  constraint deliveries_skipped_has_reason check ((state = 'skipped') = (skipped_reason is not null)),
  constraint deliveries_held_has_reason check ((state = 'held') = (held_reason is not null)),
  constraint deliveries_owned check ((state in ('claimed', 'sending')) = (worker_id is not null))
);
-- nobody twice in a campaign; and a person's mail is found by it (a campaign's by the next)
create unique index deliveries_person_campaign_idx on deliveries (person_id, campaign_id) where not is_test;
create index deliveries_campaign_state_idx on deliveries (campaign_id, state, id);
-- what may be claimed, in the order it is claimed
create index deliveries_due_idx on deliveries (campaign_id, due_at, id) where state in ('queued', 'deferred');
create index deliveries_due_tests_idx on deliveries (due_at, id) where is_test and state in ('queued', 'deferred');
create index deliveries_owned_idx on deliveries (worker_id) where state in ('claimed', 'sending');

-- One dialogue with the server. taken_at is before DATA, ended_at after the last reply: the server saw the message
-- somewhere between the two, which is all that the window needs to be exact (deliveries/budget.ts).
create table attempts (
  id bigint generated always as identity primary key,
  delivery_id bigint not null,
  sender_id bigint not null,
  -- the run that began it; told, never looked up by
  worker_id bigint not null,
  lane text not null,
  address text not null,
  taken_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  -- false once we know that the dialogue ended before DATA: such a one uses no budget
  counted boolean not null default true,
  outcome text,
  code integer,
  enhanced_code text,
  words text,
  constraint attempts_delivery_fk foreign key (delivery_id) references deliveries (id) on delete cascade,
  constraint attempts_sender_fk foreign key (sender_id) references senders (id),
  constraint attempts_outcome_known check (outcome in ('accepted', 'deferred', 'rejected', 'uncertain'))
);
create index attempts_delivery_idx on attempts (delivery_id);
create index attempts_window_idx on attempts (sender_id, ended_at) where counted and ended_at is not null;
create index attempts_open_idx on attempts (sender_id) where ended_at is null;

-- A receiving domain that refuses us: paused for a while, then stopped until a person looks.
create table domain_stops (
  sender_id bigint not null,
  domain text not null,
  refusals_in_row integer not null default 0,
  paused_until timestamptz,
  stopped_at timestamptz,
  words text,
  constraint domain_stops_pk primary key (sender_id, domain),
  constraint domain_stops_sender_fk foreign key (sender_id) references senders (id)
);

-- Who this database is. Its twin outside the database (platform/installation.ts) tells a restored or copied one.
create table installation (
  only_row boolean primary key default true,
  id uuid not null default gen_random_uuid(),
  epoch integer not null default 1,
  -- the sweep's last pass: a gap of hours is an outage (deliveries/hold-queries.ts)
  swept_at timestamptz,
  constraint installation_one_row check (only_row)
);
insert into installation default values;
