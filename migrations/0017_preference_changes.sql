-- What a reader's link changed about a person. A link may be passed on: what stood there before is kept, so that
-- staff can put it back.

create table preference_changes (
  id bigint generated always as identity primary key,
  person_id bigint not null,
  -- the email whose link it was
  delivery_id bigint not null,
  before jsonb not null,
  after jsonb not null,
  changed_at timestamptz not null,
  constraint preference_changes_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint preference_changes_delivery_fk foreign key (delivery_id) references deliveries (id)
);
create index preference_changes_person_idx on preference_changes (person_id, id);
create index preference_changes_delivery_idx on preference_changes (delivery_id);
