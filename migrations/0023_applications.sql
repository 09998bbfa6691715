-- Application forms on our own pages: kept while they are filled in, an application once the address is verified.

-- The code of conduct by version: which one somebody agreed to can be shown years later.
create table codes_of_conduct (
  id bigint generated always as identity primary key,
  version text not null,
  body_markdown text not null,
  published_at timestamptz not null,
  published_by text,
  constraint codes_of_conduct_version_key unique (version),
  constraint codes_of_conduct_length check (length(body_markdown) between 1 and 50000)
);

alter table applications
  add column code_of_conduct_id bigint,
  add column code_of_conduct_agreed_at timestamptz,
  -- in the order of the waiting list
  add column waitlisted_at timestamptz,
  add constraint applications_code_of_conduct_fk foreign key (code_of_conduct_id) references codes_of_conduct (id);
create index applications_code_of_conduct_idx on applications (code_of_conduct_id) where code_of_conduct_id is not null;

create table application_drafts (
  id bigint generated always as identity primary key,
  round_id bigint not null,
  -- known from the first step on
  contact_id bigint,
  -- answers by question, as written; checked step by step, and all of them when it is submitted
  answers jsonb not null default '{}',
  step integer not null default 1,
  language text not null default 'en',
  -- the address was shown to work: by the link in an email, before or after the form was submitted
  address_verified_at timestamptz,
  submitted_at timestamptz,
  code_of_conduct_id bigint,
  application_id bigint,
  -- counts each save: of two tabs the second is told
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint application_drafts_round_fk foreign key (round_id) references rounds (id),
  constraint application_drafts_contact_fk foreign key (contact_id) references contacts (id),
  constraint application_drafts_code_fk foreign key (code_of_conduct_id) references codes_of_conduct (id),
  constraint application_drafts_application_fk foreign key (application_id) references applications (id) on delete cascade,
  constraint application_drafts_step_known check (step between 1 and 5),
  constraint application_drafts_answers_size check (octet_length(answers::text) <= 65536)
);
create index application_drafts_round_idx on application_drafts (round_id);
create index application_drafts_contact_idx on application_drafts (contact_id);
create index application_drafts_code_idx on application_drafts (code_of_conduct_id) where code_of_conduct_id is not null;
create index application_drafts_application_idx on application_drafts (application_id) where application_id is not null;
create index application_drafts_old_idx on application_drafts (updated_at) where application_id is null;

-- Two people who may be one, for staff to decide; never merged by itself.
create table duplicate_proposals (
  id bigint generated always as identity primary key,
  first_person_id bigint not null,
  second_person_id bigint not null,
  why text not null,
  state text not null default 'open',
  decided_by bigint,
  decided_at timestamptz,
  created_at timestamptz not null,
  constraint duplicate_proposals_first_fk foreign key (first_person_id) references people (id) on delete cascade,
  constraint duplicate_proposals_second_fk foreign key (second_person_id) references people (id) on delete cascade,
  constraint duplicate_proposals_decided_by_fk foreign key (decided_by) references staff (id),
  constraint duplicate_proposals_pair_key unique (first_person_id, second_person_id),
  constraint duplicate_proposals_in_order check (first_person_id < second_person_id),
  constraint duplicate_proposals_state_known check (state in ('open', 'different', 'same'))
);
create index duplicate_proposals_second_idx on duplicate_proposals (second_person_id);
create index duplicate_proposals_decided_by_idx on duplicate_proposals (decided_by) where decided_by is not null;
create index duplicate_proposals_open_idx on duplicate_proposals (id) where state = 'open';
