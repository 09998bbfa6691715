-- Matching: what a round's directors have set, runs with what they were given and what they found, proposals and what
-- staff changed about them, and the way from a proposal to two people who know each other.

create table matching_settings (
  round_id bigint primary key,
  -- hard rules and weighted criteria: features/matching/scores
  hierarchy jsonb not null,
  policy text not null default 'floor',
  mode text not null default 'pairs',
  group_size integer not null default 4,
  odd_one text not null default 'trio',
  -- what two editors are told apart by
  version integer not null default 1,
  updated_by text,
  updated_at timestamptz not null default now(),
  constraint matching_settings_round_fk foreign key (round_id) references rounds (id) on delete cascade,
  constraint matching_settings_policy_known check (policy in ('floor', 'total', 'balanced')),
  constraint matching_settings_mode_known check (mode in ('pairs', 'mentors', 'groups')),
  constraint matching_settings_group_size check (group_size between 3 and 8),
  constraint matching_settings_odd_one_known check (odd_one in ('trio', 'stand_in'))
);

-- What staff decided about two people, for every run of the round: kept together (lock) or never paired (ban).
create table matching_decisions (
  id bigint generated always as identity primary key,
  round_id bigint not null,
  kind text not null,
  first_person_id bigint not null,
  second_person_id bigint not null,
  note text not null default '',
  decided_by text,
  decided_at timestamptz not null default clock_timestamp(),
  lifted_at timestamptz,
  lifted_by text,
  constraint matching_decisions_round_fk foreign key (round_id) references rounds (id) on delete cascade,
  constraint matching_decisions_first_fk foreign key (first_person_id) references people (id) on delete cascade,
  constraint matching_decisions_second_fk foreign key (second_person_id) references people (id) on delete cascade,
  constraint matching_decisions_kind_known check (kind in ('lock', 'ban')),
  constraint matching_decisions_in_order check (first_person_id < second_person_id),
  constraint matching_decisions_note_length check (length(note) <= 500)
);
-- one present decision about two people: nobody keeps together whom another has parted
create unique index matching_decisions_current_idx on matching_decisions (round_id, first_person_id, second_person_id) where lifted_at is null;
create index matching_decisions_first_idx on matching_decisions (first_person_id);
create index matching_decisions_second_idx on matching_decisions (second_person_id);

create table matching_runs (
  id bigint generated always as identity primary key,
  round_id bigint not null,
  -- the work that does it: its state is the run's until the run has finished
  job_id bigint,
  policy text not null,
  mode text not null,
  group_size integer not null,
  odd_one text not null,
  hierarchy jsonb not null,
  -- what it was given, frozen (compressed JSON): a run explains itself also after answers have changed
  input bytea not null,
  -- SHA-256 of the input, in hexadecimal: other data, another digest
  input_digest text not null,
  people integer not null,
  -- what it found; null until it has
  cardinality integer,
  total_score bigint,
  worst_score integer,
  -- the value of the dual solution in the policy's own objective: equal to the primal one when it is proven
  objective bigint,
  dual_value bigint,
  gap double precision,
  proven_optimal boolean,
  -- of groups, which are not proven: no total is above it
  bound bigint,
  -- the reference: the best score first, over all pairs
  greedy jsonb,
  rounds jsonb not null default '[]',
  timings jsonb not null default '{}',
  -- why somebody is left over, in words and figures (Tutte-Berge)
  barrier jsonb,
  created_by text,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  approved_at timestamptz,
  approved_by text,
  constraint matching_runs_round_fk foreign key (round_id) references rounds (id) on delete cascade,
  constraint matching_runs_job_fk foreign key (job_id) references jobs (id),
  constraint matching_runs_policy_known check (policy in ('floor', 'total', 'balanced')),
  constraint matching_runs_mode_known check (mode in ('pairs', 'mentors', 'groups')),
  constraint matching_runs_odd_one_known check (odd_one in ('trio', 'stand_in')),
  constraint matching_runs_approved_is_finished check (approved_at is null or finished_at is not null)
);
alter table matching_runs alter column input set storage external;
create index matching_runs_round_idx on matching_runs (round_id, id);
create index matching_runs_job_idx on matching_runs (job_id);
-- partnerships come from one run
create unique index matching_runs_approved_idx on matching_runs (round_id) where approved_at is not null;

-- Where a run that was lost goes on: the solver's whole state after its last round.
create table matching_checkpoints (
  run_id bigint primary key,
  round integer not null,
  content bytea not null,
  written_at timestamptz not null default clock_timestamp(),
  constraint matching_checkpoints_run_fk foreign key (run_id) references matching_runs (id) on delete cascade
);
alter table matching_checkpoints alter column content set storage external;

-- Above 20,000 people the pairs are scored and priced in tiles, by any number of workers. A cycle is one question of the
-- solver (the best pairs of everybody, or the pairs that its duals do not allow); a tile is one block of its answer.
create table matching_cycles (
  run_id bigint not null,
  cycle integer not null,
  question bytea not null,
  constraint matching_cycles_pk primary key (run_id, cycle),
  constraint matching_cycles_run_fk foreign key (run_id) references matching_runs (id) on delete cascade
);
create table matching_tiles (
  run_id bigint not null,
  cycle integer not null,
  tile integer not null,
  -- null until a worker has answered; the same question has the same answer, whoever gives it
  answer bytea,
  rung_at timestamptz not null default clock_timestamp(),
  constraint matching_tiles_pk primary key (run_id, cycle, tile),
  constraint matching_tiles_cycle_fk foreign key (run_id, cycle) references matching_cycles (run_id, cycle) on delete cascade
);
create index matching_tiles_open_idx on matching_tiles (run_id, cycle, tile) where answer is null;

create table proposals (
  id bigint generated always as identity primary key,
  run_id bigint not null,
  -- in basis points; of more than two people the mean over their pairs
  score integer not null,
  -- made by a person's swap rather than by the run
  by_hand boolean not null default false,
  -- one of its members wrote a wish that the criteria do not know
  special_request boolean not null default false,
  -- why these people: sentences for staff, and the one line for the introduction, which tells no wish of anybody
  reasons jsonb not null default '[]',
  introduction text not null default '',
  constraint proposals_run_fk foreign key (run_id) references matching_runs (id) on delete cascade,
  constraint proposals_score_range check (score between 0 and 10000)
);
create index proposals_run_idx on proposals (run_id, score, id);

create table proposal_members (
  run_id bigint not null,
  person_id bigint not null,
  proposal_id bigint not null,
  -- mentor or protégé, in that mode
  role text,
  constraint proposal_members_pk primary key (proposal_id, person_id),
  constraint proposal_members_run_fk foreign key (run_id) references matching_runs (id) on delete cascade,
  constraint proposal_members_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint proposal_members_proposal_fk foreign key (proposal_id) references proposals (id) on delete cascade,
  constraint proposal_members_role_known check (role in ('mentor', 'protege'))
);
create index proposal_members_run_idx on proposal_members (run_id, person_id);
-- nobody twice in a run, but for a mentor of several
create unique index proposal_members_once_idx on proposal_members (run_id, person_id) where role is distinct from 'mentor';
create index proposal_members_person_idx on proposal_members (person_id);

-- Who is left over, and why.
create table unmatched_people (
  run_id bigint not null,
  person_id bigint not null,
  reason text not null,
  -- how many they might be paired with, were everybody free
  possible_partners integer not null,
  constraint unmatched_people_pk primary key (run_id, person_id),
  constraint unmatched_people_run_fk foreign key (run_id) references matching_runs (id) on delete cascade,
  constraint unmatched_people_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint unmatched_people_reason_known check (reason in ('nobody_allowed', 'barrier', 'odd_one', 'broken', 'no_place'))
);
create index unmatched_people_person_idx on unmatched_people (person_id);

-- What staff changed about the proposals of a run, each with what stood there before: it can be undone, the last first.
create table proposal_edits (
  id bigint generated always as identity primary key,
  run_id bigint not null,
  did text not null,
  before jsonb not null,
  after jsonb not null,
  edited_by text,
  edited_at timestamptz not null default clock_timestamp(),
  undone_at timestamptz,
  constraint proposal_edits_run_fk foreign key (run_id) references matching_runs (id) on delete cascade
);
create index proposal_edits_run_idx on proposal_edits (run_id, id);

-- A partnership knows where it comes from, and why these people.
alter table partnerships
  add column run_id bigint,
  add column score integer,
  -- what the introduction says about why they were matched
  add column reasons text not null default '',
  add constraint partnerships_run_fk foreign key (run_id) references matching_runs (id);
create index partnerships_run_idx on partnerships (run_id);

-- An introduction goes to all partners or to none: its deliveries know their partnership.
alter table deliveries
  add column partnership_id bigint,
  add constraint deliveries_partnership_fk foreign key (partnership_id) references partnerships (id);
create index deliveries_partnership_idx on deliveries (partnership_id) where partnership_id is not null;
