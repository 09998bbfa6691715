-- Campaigns, and their text in versions and languages. A version is written once and never changed.

create table campaigns (
  id bigint generated always as identity primary key,
  round_id bigint not null,
  kind text not null,
  lane text not null,
  state text not null default 'draft',
  from_name text,
  language text not null default 'en',
  audience jsonb not null default '{}',
  fallbacks jsonb not null default '{}',
  version integer not null default 1,
  tested_version integer,
  send_at timestamptz,
  local_time text,
  hold_until timestamptz,
  -- the first moment at which anything of it may leave: the earliest due time, or the end of the hold
  starts_at timestamptz,
  frozen_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint campaigns_round_fk foreign key (round_id) references rounds (id),
  constraint campaigns_kind_known check (
    kind in ('topic', 'announcement', 'confirmation', 'introduction', 'check_in', 'reminder', 'closing')
  ),
  constraint campaigns_lane_known check (lane in ('automatic', 'campaign')),
  constraint campaigns_local_time_shape check (local_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  constraint campaigns_state_known check (state in ('draft', 'scheduled', 'sending', 'paused', 'done', 'cancelled'))
);
create index campaigns_round_idx on campaigns (round_id);
create index campaigns_live_idx on campaigns (id) where state in ('scheduled', 'sending', 'paused');

create table campaign_variants (
  campaign_id bigint not null,
  version integer not null,
  language text not null,
  subject text not null default '',
  preheader text not null default '',
  body_markdown text not null default '',
  -- picture, video, curator and links beside the text: see features/campaigns/schema.ts
  extras jsonb not null default '{}',
  -- the compiled pieces, null until compiled; a pure function of the columns above
  compiled jsonb,
  created_at timestamptz not null default now(),
  constraint campaign_variants_pk primary key (campaign_id, version, language),
  constraint campaign_variants_campaign_fk foreign key (campaign_id) references campaigns (id) on delete cascade
);
