-- What other services are told: an outbox, written in the same transaction as what it tells of.

create table webhook_endpoints (
  id bigint generated always as identity primary key,
  url text not null,
  -- which kinds of news it wants, such as delivery.bounced
  types text[] not null,
  -- the secret is made from this and our own key (features/webhooks/secret.ts): who reads this table cannot sign
  salt bytea not null,
  created_by text not null,
  created_at timestamptz not null,
  disabled_at timestamptz,
  disabled_why text,
  constraint webhook_endpoints_url_length check (length(url) between 8 and 2000),
  constraint webhook_endpoints_has_types check (cardinality(types) > 0)
);
create index webhook_endpoints_live_idx on webhook_endpoints (id) where disabled_at is null;

create table webhook_messages (
  id bigint generated always as identity primary key,
  endpoint_id bigint not null,
  type text not null,
  -- ids and states only: who wants names asks the API, with its rights
  payload jsonb not null,
  occurred_at timestamptz not null,
  state text not null default 'waiting',
  tries integer not null default 0,
  next_try_at timestamptz not null default clock_timestamp(),
  last_status integer,
  last_words text,
  delivered_at timestamptz,
  constraint webhook_messages_endpoint_fk foreign key (endpoint_id) references webhook_endpoints (id) on delete cascade,
  constraint webhook_messages_state_known check (state in ('waiting', 'delivered', 'failed'))
);
create index webhook_messages_due_idx on webhook_messages (endpoint_id, next_try_at, id) where state = 'waiting';
create index webhook_messages_endpoint_idx on webhook_messages (endpoint_id, id);

create function tell_webhooks(p_type text, p_payload jsonb, p_at timestamptz) returns void language sql as $$
  insert into webhook_messages (endpoint_id, type, payload, occurred_at)
  select id, p_type, p_payload, p_at from webhook_endpoints where disabled_at is null and p_type = any (types)
  -- One that is being removed is waited for and then left out: found and gone, it would undo what is told of.
  for key share
$$;

create function tell_delivery() returns trigger language plpgsql as $$
begin
  perform tell_webhooks('delivery.' || new.state,
    jsonb_build_object('delivery_id', new.id, 'campaign_id', new.campaign_id, 'person_id', new.person_id), new.updated_at);
  return null;
end
$$;
create trigger deliveries_told after update of state on deliveries for each row
  when (not new.is_test and new.state in ('accepted', 'rejected') and new.state <> old.state)
  execute function tell_delivery();

create function tell_delivery_event() returns trigger language plpgsql as $$
declare
  about deliveries;
begin
  select * into about from deliveries where id = new.delivery_id;
  if about.is_test then
    return null;
  end if;
  perform tell_webhooks(
    case new.kind when 'bounce' then 'delivery.bounced' when 'complaint' then 'delivery.complained' else 'delivery.unsubscribed' end,
    jsonb_strip_nulls(jsonb_build_object('delivery_id', about.id, 'campaign_id', about.campaign_id, 'person_id', about.person_id,
      'class', new.class, 'status', new.status)),
    new.at);
  return null;
end
$$;
create trigger delivery_events_told after insert on delivery_events for each row
  when (new.kind in ('bounce', 'complaint', 'unsubscribe')) execute function tell_delivery_event();

create function tell_application() returns trigger language plpgsql as $$
declare
  about applications;
begin
  -- an answer that changed is no news about the state
  if new.state = (select state from application_history where application_id = new.application_id and id < new.id order by id desc limit 1) then
    return null;
  end if;
  select * into about from applications where id = new.application_id;
  perform tell_webhooks('application.' || new.state,
    jsonb_build_object('application_id', about.id, 'person_id', about.person_id,
      'round', (select code from rounds where id = about.round_id)), new.at);
  return null;
end
$$;
create trigger application_history_told after insert on application_history for each row
  when (new.state <> 'applied') execute function tell_application();
