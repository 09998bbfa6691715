-- People over rounds and addresses, rounds with their timetable, one application per person and round.

create table people (
  id bigint generated always as identity primary key,
  given_name text not null,
  family_name text not null,
  country_code char(2) not null,
  language text not null default 'en',
  time_zone text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint people_given_name_length check (length(given_name) between 1 and 200),
  constraint people_family_name_length check (length(family_name) <= 200)
);

-- One person may have several addresses; one address belongs to one person. Stored normalised (lib/address.ts).
create table addresses (
  id bigint generated always as identity primary key,
  person_id bigint not null,
  address text not null,
  is_primary boolean not null default true,
  created_at timestamptz not null default now(),
  constraint addresses_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint addresses_address_key unique (address),
  constraint addresses_address_length check (length(address) between 3 and 254)
);
create index addresses_person_idx on addresses (person_id);
create unique index addresses_one_primary_idx on addresses (person_id) where is_primary;

-- Who must not be mailed. Scope 'all' stops everything; 'campaigns' stops campaigns but not the automatic email
-- a participant needs (a confirmation, an introduction).
create table suppressions (
  id bigint generated always as identity primary key,
  address text not null,
  scope text not null,
  reason text not null,
  source text not null,
  created_at timestamptz not null default now(),
  lifted_at timestamptz,
  constraint suppressions_scope_known check (scope in ('all', 'campaigns')),
  constraint suppressions_reason_known check (reason in ('unsubscribed', 'hard_bounce', 'complaint', 'removed', 'manual'))
);
create unique index suppressions_current_idx on suppressions (address, scope, reason) where lifted_at is null;

create table rounds (
  id bigint generated always as identity primary key,
  code text not null,
  name text not null,
  applications_open_on date,
  applications_close_on date,
  confirm_by date,
  starts_on date,
  ends_on date,
  country_cap_percent integer not null default 20,
  created_at timestamptz not null default now(),
  constraint rounds_code_key unique (code),
  constraint rounds_code_shape check (code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$'),
  constraint rounds_cap_percent check (country_cap_percent between 1 and 100),
  constraint rounds_dates_ordered check (
    coalesce(applications_open_on <= applications_close_on, true)
    and coalesce(applications_close_on <= confirm_by, true)
    and coalesce(confirm_by <= starts_on, true)
    and coalesce(starts_on < ends_on, true)
  )
);

create table applications (
  id bigint generated always as identity primary key,
  round_id bigint not null,
  person_id bigint not null,
  state text not null default 'applied',
  submitted_at timestamptz not null,
  country_code char(2) not null,
  pathway text not null default 'direct',
  sector text,
  career_stage text,
  code_of_conduct_agreed boolean not null,
  commitment_agreed boolean not null,
  special_request text,
  answers jsonb not null default '{}',
  created_at timestamptz not null default now(),
  state_changed_at timestamptz not null default now(),
  constraint applications_round_fk foreign key (round_id) references rounds (id),
  constraint applications_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint applications_round_person_key unique (round_id, person_id),
  constraint applications_state_known check (
    state in ('applied', 'waitlisted', 'confirmed', 'declined', 'lapsed', 'withdrawn', 'removed')
  )
);
create index applications_person_idx on applications (person_id);
create index applications_round_state_idx on applications (round_id, state, person_id);

create table partnerships (
  id bigint generated always as identity primary key,
  round_id bigint not null,
  introduced_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  created_at timestamptz not null default now(),
  constraint partnerships_round_fk foreign key (round_id) references rounds (id)
);
create index partnerships_round_idx on partnerships (round_id);

create table partnership_members (
  partnership_id bigint not null,
  person_id bigint not null,
  constraint partnership_members_pk primary key (partnership_id, person_id),
  constraint partnership_members_partnership_fk foreign key (partnership_id) references partnerships (id) on delete cascade,
  constraint partnership_members_person_fk foreign key (person_id) references people (id) on delete cascade
);
create index partnership_members_person_idx on partnership_members (person_id);
