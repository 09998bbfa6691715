-- Mailchimp: the audience that the programme is mirrored to, what was last seen of it, and campaigns handed over.

create table mailchimp_audience (
  only_row boolean primary key default true,
  list_id text not null,
  list_name text not null,
  account_name text not null,
  -- our field, such as given_name, and its merge tag there
  fields jsonb not null,
  -- whoever has an application in one of these states is there
  states text[] not null,
  -- whether Mailchimp may put its picture into campaigns handed to it; counted of those only who agreed
  count_opens boolean not null default false,
  -- the address that Mailchimp tells us at; null until it could be made there
  webhook_id text,
  connected_by text not null,
  connected_at timestamptz not null,
  -- when somebody first had it synced; null: nothing of people is written there yet
  begun_at timestamptz,
  -- when the last whole reading of it began that came to its end
  read_at timestamptz,
  -- contacts there that are no person of ours, at that reading
  others_there integer,
  -- why the last work with it failed; null while all is well
  trouble_words text,
  trouble_at timestamptz,
  constraint mailchimp_audience_only_one check (only_row),
  constraint mailchimp_audience_has_states check (cardinality(states) > 0)
);

-- Contacts there that are people of ours, by address. What we last read or wrote: a write is noted after it was taken.
create table mailchimp_members (
  -- MD5 of the address in lower case: how Mailchimp names a contact
  hash text primary key,
  -- null: the person is gone here, and the contact is still there
  person_id bigint,
  -- empty when the person was erased: the hash is enough to remove the contact
  address text not null,
  -- as Mailchimp has it; 'absent': it was there, and is no longer
  status text not null,
  -- merge fields of ours as they stand there, by our names
  fields jsonb not null default '{}',
  -- tags of ours as they stand there
  tags text[] not null default '{}',
  -- the fields when both sides last agreed: what differs from them was changed since
  agreed jsonb not null default '{}',
  -- added by us: may be archived. Others' contacts only lose their tags
  is_ours boolean not null,
  -- of what we want there, when it was last taken; null: to be written
  digest text,
  changed_there_at timestamptz,
  read_at timestamptz,
  written_at timestamptz,
  -- what a person must see to, in one word and in a sentence
  trouble text,
  trouble_words text,
  trouble_at timestamptz,
  -- when somebody said that it may stay as it is
  left_at timestamptz,
  -- the address that Mailchimp says they changed to
  new_address text,
  constraint mailchimp_members_person_fk foreign key (person_id) references people (id) on delete set null,
  constraint mailchimp_members_status_known check (
    status in ('subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived', 'absent')),
  constraint mailchimp_members_trouble_known check (
    trouble in ('compliance', 'unsubscribed', 'cleaned', 'pending', 'refused', 'archived_there', 'address_changed')),
  constraint mailchimp_members_trouble_said check ((trouble is null) = (trouble_words is null))
);
create index mailchimp_members_person_idx on mailchimp_members (person_id);
create index mailchimp_members_gone_idx on mailchimp_members (hash) where person_id is null;
create index mailchimp_members_trouble_idx on mailchimp_members (trouble, hash) where trouble is not null;

-- People of whom something changed here that may concern the audience: a row for each change, so that no two writers ever
-- wait for one another; deleted with what was done about it.
create table mailchimp_changes (
  id bigint generated always as identity primary key,
  person_id bigint not null,
  at timestamptz not null default clock_timestamp()
);
create index mailchimp_changes_person_idx on mailchimp_changes (person_id);

-- Changed on both sides since they last agreed: which one was kept, and by what.
create table mailchimp_clashes (
  id bigint generated always as identity primary key,
  person_id bigint not null,
  field text not null,
  agreed text not null,
  ours text not null,
  theirs text not null,
  ours_at timestamptz not null,
  theirs_at timestamptz not null,
  kept text not null,
  -- 'rule' or who decided otherwise, such as "staff 3"
  kept_by text not null default 'rule',
  at timestamptz not null,
  -- when somebody has seen it
  seen_at timestamptz,
  constraint mailchimp_clashes_person_fk foreign key (person_id) references people (id) on delete cascade,
  constraint mailchimp_clashes_kept_known check (kept in ('ours', 'theirs'))
);
create index mailchimp_clashes_person_idx on mailchimp_clashes (person_id);

-- Mailchimp names people by this.
create index addresses_hash_idx on addresses (md5(lower(address)));

-- What Mailchimp told us, once however often it says so.
create table mailchimp_events (
  id bigint generated always as identity primary key,
  -- SHA-256 of the whole message: told again it is the same
  body_digest bytea not null unique,
  kind text not null,
  fired_at timestamptz,
  received_at timestamptz not null,
  -- whom it is about, as Mailchimp names contacts
  hash text,
  -- addresses that it names, until it is settled
  address text,
  new_address text,
  -- the campaign there that it names
  mailchimp_campaign text,
  -- why somebody left or was cleaned, in Mailchimp's word
  reason text,
  state text not null default 'waiting',
  tries integer not null default 0,
  next_try_at timestamptz not null default clock_timestamp(),
  -- what came of it, in words
  outcome text,
  settled_at timestamptz,
  constraint mailchimp_events_kind_known check (kind in ('subscribe', 'unsubscribe', 'cleaned', 'upemail', 'profile', 'campaign')),
  constraint mailchimp_events_state_known check (state in ('waiting', 'settled'))
);
create index mailchimp_events_due_idx on mailchimp_events (next_try_at, id) where state = 'waiting';
create index mailchimp_events_hash_idx on mailchimp_events (hash);

-- Connections in use, over all processes: a request holds a row until it has ended, or until its process is surely gone.
create table mailchimp_slots (
  slot smallint primary key,
  holder text,
  held_until timestamptz not null default '-infinity'
);
insert into mailchimp_slots (slot) select generate_series(1, 8);

-- Campaigns handed over: one there for each language.
alter table campaigns add column channel text not null default 'email';
alter table campaigns add constraint campaigns_channel_known check (channel in ('email', 'mailchimp'));
-- What a person must get does not depend on another service.
alter table campaigns add constraint campaigns_mailchimp_lane check (channel = 'email' or lane = 'campaign');

create table mailchimp_campaigns (
  campaign_id bigint not null,
  language text not null,
  -- found again by it when the answer to its making was lost
  title text not null,
  mailchimp_id text unique,
  segment_id bigint,
  recipients integer not null default 0,
  -- 'making' is being prepared; 'ready' is whole there and not scheduled yet; the others as Mailchimp has it
  state text not null default 'making',
  -- when it leaves there: on a quarter of an hour
  send_at timestamptz,
  sent_at timestamptz,
  -- why it could not be handed over or went wrong there
  words text,
  -- the totals as Mailchimp last gave them
  report jsonb,
  report_at timestamptz,
  -- when it is to be looked at next; null: never again
  look_at timestamptz,
  constraint mailchimp_campaigns_pk primary key (campaign_id, language),
  constraint mailchimp_campaigns_campaign_fk foreign key (campaign_id) references campaigns (id) on delete cascade,
  constraint mailchimp_campaigns_state_known check (
    state in ('making', 'ready', 'scheduled', 'sending', 'sent', 'cancelled', 'failed'))
);
create index mailchimp_campaigns_look_idx on mailchimp_campaigns (look_at) where look_at is not null;

-- A report pulled twice tells the same once.
create unique index delivery_events_told_bounce_idx on delivery_events (delivery_id) where kind = 'bounce' and incoming_id is null;

alter table consents drop constraint consents_source_known;
alter table consents add constraint consents_source_known check (
  source in ('form', 'link', 'email', 'staff', 'import', 'mailchimp'));

-- Changes are noted by triggers, in the transaction of what changed: no code path can forget them. Once a statement.
create function note_mailchimp_people() returns trigger language plpgsql as $$
begin
  if exists (select from mailchimp_audience) then
    insert into mailchimp_changes (person_id)
    select n.id from changed n join before o on o.id = n.id
    where (n.given_name, n.family_name, n.country_code, n.language, n.erased_at)
      is distinct from (o.given_name, o.family_name, o.country_code, o.language, o.erased_at);
  end if;
  return null;
end
$$;
create trigger people_mirrored after update on people referencing old table as before new table as changed
  for each statement execute function note_mailchimp_people();

create function note_mailchimp_rows() returns trigger language plpgsql as $$
begin
  if exists (select from mailchimp_audience) then
    insert into mailchimp_changes (person_id) select distinct person_id from changed;
  end if;
  return null;
end
$$;
create trigger addresses_added_mirrored after insert on addresses referencing new table as changed
  for each statement execute function note_mailchimp_rows();
create trigger addresses_changed_mirrored after update on addresses referencing new table as changed
  for each statement execute function note_mailchimp_rows();
create trigger addresses_removed_mirrored after delete on addresses referencing old table as changed
  for each statement execute function note_mailchimp_rows();
create trigger applications_added_mirrored after insert on applications referencing new table as changed
  for each statement execute function note_mailchimp_rows();
create trigger applications_changed_mirrored after update on applications referencing new table as changed
  for each statement execute function note_mailchimp_rows();
create trigger applications_removed_mirrored after delete on applications referencing old table as changed
  for each statement execute function note_mailchimp_rows();
create trigger members_added_mirrored after insert on partnership_members referencing new table as changed
  for each statement execute function note_mailchimp_rows();
create trigger members_removed_mirrored after delete on partnership_members referencing old table as changed
  for each statement execute function note_mailchimp_rows();

create function note_mailchimp_partnerships() returns trigger language plpgsql as $$
begin
  if exists (select from mailchimp_audience) then
    insert into mailchimp_changes (person_id)
    select distinct m.person_id from changed n join before o on o.id = n.id
    join partnership_members m on m.partnership_id = n.id
    where (n.introduced_at, n.ended_at) is distinct from (o.introduced_at, o.ended_at);
  end if;
  return null;
end
$$;
create trigger partnerships_mirrored after update on partnerships referencing old table as before new table as changed
  for each statement execute function note_mailchimp_partnerships();

create function note_mailchimp_suppressions() returns trigger language plpgsql as $$
begin
  if exists (select from mailchimp_audience) then
    insert into mailchimp_changes (person_id)
    select distinct a.person_id from changed n join addresses a on a.address = n.address;
  end if;
  return null;
end
$$;
create trigger suppressions_added_mirrored after insert on suppressions referencing new table as changed
  for each statement execute function note_mailchimp_suppressions();
create trigger suppressions_changed_mirrored after update on suppressions referencing new table as changed
  for each statement execute function note_mailchimp_suppressions();
