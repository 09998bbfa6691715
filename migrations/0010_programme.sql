-- The programme's own settings, pauses that a reader asked for, and uploads that wait for a decision.

create table programme (
  only_row boolean primary key default true,
  name text not null default '',
  contact_address text not null default '',
  -- who sends when a campaign names nobody
  from_name text not null default '',
  -- stands under every message: a postal address, a website
  footer text not null default '',
  languages text[] not null default '{en}',
  -- a campaign to more people than this needs a second person's word
  second_person_over integer,
  -- set while the made-up round is loaded
  demo_loaded_at timestamptz,
  -- steps of the first run that a person said are done or not wanted
  first_run_skipped text[] not null default '{}',
  updated_at timestamptz not null default now(),
  constraint programme_one_row check (only_row),
  constraint programme_second_person_positive check (second_person_over > 0)
);
insert into programme default values;

-- A reader who pauses is mailed again by itself: a sweep lifts what has ended.
alter table suppressions add column ends_at timestamptz;
alter table suppressions drop constraint suppressions_reason_known;
alter table suppressions add constraint suppressions_reason_known
  check (reason in ('unsubscribed', 'hard_bounce', 'complaint', 'removed', 'manual', 'paused'));
create index suppressions_ending_idx on suppressions (ends_at) where ends_at is not null and lifted_at is null;

-- A dry run keeps its file for a day, so that the import need not ask for it again.
alter table imports add column kept_until timestamptz;
create index imports_kept_idx on imports (kept_until) where content is not null and kept_until is not null;

-- People are found by the beginning of a name or an address.
create index people_given_name_idx on people (lower(given_name) text_pattern_ops);
create index people_family_name_idx on people (lower(family_name) text_pattern_ops);
create index addresses_beginning_idx on addresses (address text_pattern_ops);
create index jobs_newest_idx on jobs (created_at, id);
