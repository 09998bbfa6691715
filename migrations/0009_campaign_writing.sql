-- What writing a campaign needs beside its text: who wrote which version, when it is planned, a second person's word,
-- its public copy; pictures that we serve; what is known about links.

alter table campaign_variants add column written_by text;

alter table campaigns
  -- when it is meant to go: a plan, moved with the round's start, and offered as the time to schedule
  add column planned_at timestamptz,
  -- name of its public copy within the round, given when it is scheduled
  add column slug text,
  add column web_copy boolean not null default true,
  -- the version that a second person has read
  add column approved_version integer,
  add column approved_by bigint,
  add constraint campaigns_slug_shape check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  add constraint campaigns_approved_by_fk foreign key (approved_by) references staff (id);
create unique index campaigns_slug_idx on campaigns (round_id, slug);
create index campaigns_approved_by_idx on campaigns (approved_by) where approved_by is not null;
create index campaigns_planned_idx on campaigns (planned_at) where planned_at is not null;
create index campaigns_send_idx on campaigns (send_at) where send_at is not null;

create table pictures (
  id bigint generated always as identity primary key,
  -- SHA-256 of the content, in hexadecimal: the same picture is kept once, and its address never changes
  digest text not null,
  media_type text not null,
  octets integer not null,
  width integer not null,
  height integer not null,
  content bytea not null,
  file_name text,
  uploaded_by text,
  created_at timestamptz not null default now(),
  constraint pictures_digest_key unique (digest),
  constraint pictures_media_type_known check (media_type in ('image/png', 'image/jpeg', 'image/gif', 'image/webp'))
);
alter table pictures alter column content set storage external;

-- What the last look at a link found; looked at in the background while a text is written.
create table link_checks (
  url text primary key,
  state text not null,
  status integer,
  words text not null,
  -- of a picture's answer
  octets integer,
  checked_at timestamptz not null,
  constraint link_checks_state_known check (state in ('alive', 'dead', 'unknown'))
);
