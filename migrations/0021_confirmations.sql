-- What applicants answered when they were asked to confirm, each answer kept.

create table confirmation_answers (
  id bigint generated always as identity primary key,
  application_id bigint not null,
  -- the application's state before and after
  before text not null,
  answer text not null,
  -- how it came: a reply, the page behind a link, staff, the deadline, the application form
  source text not null,
  -- the reply that says it, or the email whose link it was
  incoming_id bigint,
  delivery_id bigint,
  -- who recorded it, such as "staff 3"; null for a machine
  recorded_by text,
  -- when it was said: a reply that came before the deadline counts, whenever it is read
  said_at timestamptz not null,
  recorded_at timestamptz not null,
  constraint confirmation_answers_application_fk foreign key (application_id) references applications (id) on delete cascade,
  constraint confirmation_answers_delivery_fk foreign key (delivery_id) references deliveries (id),
  constraint confirmation_answers_answer_known check (
    answer in ('applied', 'waitlisted', 'confirmed', 'declined', 'lapsed', 'withdrawn')
  ),
  constraint confirmation_answers_source_known check (source in ('reply', 'link', 'staff', 'deadline', 'form'))
);
create index confirmation_answers_application_idx on confirmation_answers (application_id, id);
create index confirmation_answers_incoming_idx on confirmation_answers (incoming_id) where incoming_id is not null;
create index confirmation_answers_delivery_idx on confirmation_answers (delivery_id) where delivery_id is not null;
