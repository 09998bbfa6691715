-- Staff who sign in by a mailed link, their sessions, and the log of what was changed and exported.

create table staff (
  id bigint generated always as identity primary key,
  name text not null,
  -- null only for the first director, who came in by the link that the first start prints
  address text,
  role text not null,
  time_zone text not null default 'UTC',
  created_at timestamptz not null default now(),
  last_signed_in_at timestamptz,
  disabled_at timestamptz,
  constraint staff_name_length check (length(name) between 1 and 200),
  constraint staff_role_known check (role in ('director', 'communications_officer', 'data_officer', 'viewer'))
);
create unique index staff_address_idx on staff (address) where address is not null;

-- The link itself is nowhere: it is a token signed over the id of this row, and works once.
create table sign_in_links (
  id bigint generated always as identity primary key,
  staff_id bigint not null,
  -- the email that carries it; null when a command printed it
  delivery_id bigint,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint sign_in_links_staff_fk foreign key (staff_id) references staff (id) on delete cascade,
  constraint sign_in_links_delivery_fk foreign key (delivery_id) references deliveries (id)
);
create index sign_in_links_staff_idx on sign_in_links (staff_id, created_at);
create unique index sign_in_links_delivery_idx on sign_in_links (delivery_id);

create table sessions (
  -- SHA-256 of what the cookie holds: who reads this table cannot become anybody
  id_hash bytea not null,
  staff_id bigint not null,
  data jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint sessions_pk primary key (id_hash),
  constraint sessions_staff_fk foreign key (staff_id) references staff (id) on delete cascade
);
create index sessions_staff_idx on sessions (staff_id);
create index sessions_expires_idx on sessions (expires_at);

-- Written before the change is made: a crash may leave an entry without its status, never a change without its entry.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  -- 'staff 3', 'token 7', 'API_TOKEN'
  actor text not null,
  actor_name text not null,
  role text not null,
  -- what was done, in words, and the route that did it
  did text not null,
  route text not null,
  -- the ids in its address; never what was written
  params jsonb not null default '{}',
  status integer
);
create index audit_log_actor_idx on audit_log (actor, id);

-- Staff's own mail goes through the ledger like any other, so that the limits hold: it belongs to one campaign of no round.
alter table campaigns alter column round_id drop not null;
alter table campaigns drop constraint campaigns_kind_known;
alter table campaigns add constraint campaigns_kind_known check (
  kind in ('topic', 'announcement', 'confirmation', 'introduction', 'check_in', 'reminder', 'closing', 'staff')
);
alter table campaigns add constraint campaigns_of_a_round check ((round_id is null) = (kind = 'staff'));
create unique index campaigns_staff_idx on campaigns (kind) where kind = 'staff';
