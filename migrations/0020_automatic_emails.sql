-- Automatic email: one copy to one person when something happens. Each is a campaign of its round that stays open; and
-- people whom we know by an address only.

-- Somebody who is no person of ours yet: in the middle of a form, or on the list of those who are told when applications
-- open. Forgotten: the address and the names are gone, the row stays for the mail that was sent to it.
create table contacts (
  id bigint generated always as identity primary key,
  address text,
  given_name text not null default '',
  family_name text not null default '',
  country_code char(2),
  language text not null default 'en',
  created_at timestamptz not null default now(),
  -- on the list of who is told when applications open; counts once the address was verified
  interested_at timestamptz,
  interest_verified_at timestamptz,
  interest_left_at timestamptz,
  forgotten_at timestamptz,
  constraint contacts_address_length check (length(address) between 3 and 254),
  constraint contacts_names_length check (length(given_name) <= 200 and length(family_name) <= 200),
  constraint contacts_forgotten_whole check (forgotten_at is null or (address is null and given_name = '' and family_name = ''))
);
create index contacts_address_idx on contacts (address);
-- nobody is on the list twice
create unique index contacts_interested_idx on contacts (address) where interested_at is not null and interest_left_at is null;

alter table deliveries
  add column contact_id bigint,
  -- an automatic email goes to the same person once for each time that its event happens
  add column occasion integer not null default 0,
  -- the message that it answers (a Message-ID), so that mail programs show both together
  add column in_reply_to text,
  add constraint deliveries_contact_fk foreign key (contact_id) references contacts (id),
  add constraint deliveries_occasion_positive check (occasion >= 0),
  drop constraint deliveries_has_person,
  add constraint deliveries_has_reader check (person_id is not null or contact_id is not null or is_test),
  add constraint deliveries_one_reader check (person_id is null or contact_id is null);
drop index deliveries_person_campaign_idx;
create unique index deliveries_person_campaign_idx on deliveries (person_id, campaign_id, occasion) where not is_test;
create unique index deliveries_contact_campaign_idx on deliveries (contact_id, campaign_id, occasion) where contact_id is not null and not is_test;

alter table campaigns
  -- which automatic email of its round it is (features/campaigns/automatic/catalog.ts)
  add column automatic_key text,
  -- the version that goes out; a newer one is a text that somebody is still writing
  add column live_version integer,
  add column switched_off_at timestamptz,
  -- a draft that is scheduled by itself when its planned time has come, for whoever its audience picks then
  add column sends_itself boolean not null default false,
  drop constraint campaigns_kind_known,
  add constraint campaigns_kind_known check (
    kind in ('topic', 'announcement', 'confirmation', 'introduction', 'check_in', 'reminder', 'closing', 'staff', 'automatic')
  ),
  add constraint campaigns_automatic_has_key check ((kind = 'automatic') = (automatic_key is not null)),
  add constraint campaigns_automatic_has_text check ((kind = 'automatic') = (live_version is not null)),
  add constraint campaigns_sends_itself_planned check (not sends_itself or planned_at is not null);
create unique index campaigns_automatic_idx on campaigns (round_id, automatic_key) where automatic_key is not null;
create index campaigns_sends_itself_idx on campaigns (planned_at) where sends_itself and state = 'draft';
