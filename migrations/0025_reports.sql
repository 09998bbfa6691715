-- What engagement figures are made of and kept in.

-- Each application as it stood, by the moment at which we knew: figures of a past date are had from here again.
create table application_history (
  id bigint generated always as identity primary key,
  application_id bigint not null,
  at timestamptz not null,
  state text not null,
  country_code char(2) not null,
  pathway text not null,
  sector text,
  career_stage text,
  constraint application_history_application_fk foreign key (application_id) references applications (id) on delete cascade
);
create index application_history_application_idx on application_history (application_id, id);
insert into application_history (application_id, at, state, country_code, pathway, sector, career_stage)
  select id, state_changed_at, state, country_code, pathway, sector, career_stage from applications;

-- Rounds and campaigns whose kept figures are out of date. A row for each statement that changed something, deleted when
-- the figures are made anew: no two writers ever wait for one another here.
create table report_changes (
  id bigint generated always as identity primary key,
  round_id bigint,
  campaign_id bigint,
  constraint report_changes_of_one check ((round_id is null) <> (campaign_id is null))
);
create index report_changes_round_idx on report_changes (round_id) where round_id is not null;
create index report_changes_campaign_idx on report_changes (campaign_id) where campaign_id is not null;

-- No way of changing an application can forget these: they are the table's own.
create function record_new_applications() returns trigger language plpgsql as $$
begin
  insert into application_history (application_id, at, state, country_code, pathway, sector, career_stage)
    select id, state_changed_at, state, country_code, pathway, sector, career_stage from added order by id;
  insert into report_changes (round_id) select distinct round_id from added;
  return null;
end
$$;
create trigger applications_added after insert on applications referencing new table as added
  for each statement execute function record_new_applications();

create function record_changed_applications() returns trigger language plpgsql as $$
begin
  -- a changed answer has no time of its own: it is known from now on
  insert into application_history (application_id, at, state, country_code, pathway, sector, career_stage)
    select n.id, case when n.state_changed_at <> o.state_changed_at then n.state_changed_at else greatest(n.state_changed_at, now()) end,
      n.state, n.country_code, n.pathway, n.sector, n.career_stage
    from changed n join before o on o.id = n.id
    where (n.state, n.country_code, n.pathway, n.sector, n.career_stage)
      is distinct from (o.state, o.country_code, o.pathway, o.sector, o.career_stage)
    order by n.id;
  if found then
    insert into report_changes (round_id) select distinct round_id from changed;
  end if;
  return null;
end
$$;
create trigger applications_changed after update on applications referencing old table as before new table as changed
  for each statement execute function record_changed_applications();

create function record_report_change() returns trigger language plpgsql as $$
begin
  insert into report_changes (round_id) select distinct round_id from touched;
  return null;
end
$$;
create trigger applications_removed after delete on applications referencing old table as touched
  for each statement execute function record_report_change();
create trigger partnerships_added after insert on partnerships referencing new table as touched
  for each statement execute function record_report_change();
create trigger partnerships_changed after update on partnerships referencing new table as touched
  for each statement execute function record_report_change();
create trigger partnerships_removed after delete on partnerships referencing old table as touched
  for each statement execute function record_report_change();

-- Who is new and who returns depends on the earlier rounds and their days: all of them are made anew.
create function record_changed_rounds() returns trigger language plpgsql as $$
begin
  insert into report_changes (round_id) select id from rounds;
  return null;
end
$$;
create trigger rounds_changed after update of starts_on, ends_on on rounds
  for each statement execute function record_changed_rounds();

create function record_changed_members() returns trigger language plpgsql as $$
begin
  insert into report_changes (round_id)
    select distinct s.round_id from partnerships s where s.id in (select partnership_id from touched);
  return null;
end
$$;
create trigger partnership_members_added after insert on partnership_members referencing new table as touched
  for each statement execute function record_changed_members();
create trigger partnership_members_removed after delete on partnership_members referencing old table as touched
  for each statement execute function record_changed_members();

-- What partners told of their partnership when they were asked how it goes; each answer is kept.
create table check_in_answers (
  id bigint generated always as identity primary key,
  partnership_id bigint not null,
  person_id bigint not null,
  answer text not null,
  source text not null,
  -- the email whose link it was
  delivery_id bigint,
  -- who recorded it, such as "staff 3"; null for a reader
  recorded_by text,
  said_at timestamptz not null,
  recorded_at timestamptz not null,
  constraint check_in_answers_partnership_fk foreign key (partnership_id) references partnerships (id) on delete cascade,
  constraint check_in_answers_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint check_in_answers_delivery_fk foreign key (delivery_id) references deliveries (id) on delete set null,
  constraint check_in_answers_answer_known check (
    answer in ('in_touch', 'no_answer', 'not_written', 'wants_new_partner', 'must_stop')
  ),
  constraint check_in_answers_source_known check (source in ('link', 'staff'))
);
create index check_in_answers_partnership_idx on check_in_answers (partnership_id, id);
create index check_in_answers_person_idx on check_in_answers (person_id, id);
create index check_in_answers_delivery_idx on check_in_answers (delivery_id) where delivery_id is not null;
create trigger check_in_answers_added after insert on check_in_answers referencing new table as touched
  for each statement execute function record_changed_members();

-- Kept figures, made from the rows above and from the ledger, and always the same when they are made again.
create table round_figures (
  round_id bigint primary key,
  figures jsonb not null,
  computed_at timestamptz not null,
  constraint round_figures_round_fk foreign key (round_id) references rounds (id) on delete cascade
);
create table campaign_figures (
  campaign_id bigint primary key,
  figures jsonb not null,
  computed_at timestamptz not null,
  constraint campaign_figures_campaign_fk foreign key (campaign_id) references campaigns (id) on delete cascade
);

-- An unsubscription by the page or the button of a mail program comes with no message.
alter table delivery_events alter column incoming_id drop not null;
create unique index delivery_events_unsubscribed_idx on delivery_events (delivery_id) where kind = 'unsubscribe' and incoming_id is null;

-- domains that refuse us, counted over the last hour
create index delivery_events_blocked_idx on delivery_events (at) where class = 'blocked';

create function record_delivery_news() returns trigger language plpgsql as $$
begin
  insert into report_changes (campaign_id)
    select distinct d.campaign_id from deliveries d where d.id in (select delivery_id from touched);
  return null;
end
$$;
create trigger delivery_events_added after insert on delivery_events referencing new table as touched
  for each statement execute function record_delivery_news();
create trigger delivery_events_removed after delete on delivery_events referencing old table as touched
  for each statement execute function record_delivery_news();
create trigger delivery_hits_added after insert on delivery_hits referencing new table as touched
  for each statement execute function record_delivery_news();
create trigger delivery_hits_changed after update on delivery_hits referencing new table as touched
  for each statement execute function record_delivery_news();
create trigger delivery_hits_removed after delete on delivery_hits referencing old table as touched
  for each statement execute function record_delivery_news();
