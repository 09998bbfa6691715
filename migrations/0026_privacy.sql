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
