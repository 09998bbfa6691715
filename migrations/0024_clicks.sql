-- What readers do with an email: the links of a campaign, every hit as it came, and what was counted of them.

-- The links of a campaign that lead through a redirect, over all its versions and languages. A redirect goes to these only.
create table campaign_links (
  campaign_id bigint not null,
  -- made from the address (features/campaigns/content/link-key.ts): the same link is the same row in every version
  key text not null,
  url text not null,
  constraint campaign_links_pk primary key (campaign_id, key),
  constraint campaign_links_campaign_fk foreign key (campaign_id) references campaigns (id) on delete cascade,
  constraint campaign_links_url_length check (length(url) between 8 and 4000)
);

-- Append-only. Nothing is judged here: what is a machine's is found when hits are counted, by a rule that may be made
-- better and run again.
create table tracking_hits (
  id bigint generated always as identity primary key,
  delivery_id bigint not null,
  -- the link of a click; null for the picture that tells of an opening
  link_key text,
  at timestamptz not null,
  method text not null,
  agent text not null default '',
  -- a keyed hash of the network it came from: told apart, never told
  network bytea,
  constraint tracking_hits_delivery_fk foreign key (delivery_id) references deliveries (id) on delete cascade,
  constraint tracking_hits_method_known check (method in ('GET', 'HEAD')),
  constraint tracking_hits_agent_length check (length(agent) <= 200)
);
create index tracking_hits_delivery_idx on tracking_hits (delivery_id);
-- what one network did around a moment, over many emails
create index tracking_hits_network_idx on tracking_hits (network, at) where network is not null;

-- Deliveries whose hits must be counted anew. A row for each batch that brought some, deleted with the counting: no two
-- writers ever wait for one another here.
create table tracking_changes (
  id bigint generated always as identity primary key,
  delivery_id bigint not null
);

-- What the hits of a delivery count as: always rebuildable from tracking_hits.
create table delivery_hits (
  delivery_id bigint not null,
  -- '' for openings
  link_key text not null,
  human integer not null,
  machine integer not null,
  -- the first that a human made
  first_at timestamptz,
  constraint delivery_hits_pk primary key (delivery_id, link_key),
  constraint delivery_hits_delivery_fk foreign key (delivery_id) references deliveries (id) on delete cascade,
  constraint delivery_hits_human_has_first check ((human > 0) = (first_at is not null))
);

-- A programme may choose not to count clicks at all; openings are counted of those only who agreed.
alter table programme add column count_clicks boolean not null default true;
