-- API tokens, idempotency keys, and the rows behind GET /jobs/:id (the truth of long work; the queue only rings).

create table api_tokens (
  id bigint generated always as identity primary key,
  name text not null,
  role text not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint api_tokens_hash_key unique (token_hash),
  constraint api_tokens_role_known check (role in ('director', 'communications_officer', 'data_officer', 'viewer'))
);

create table idempotency_keys (
  caller text not null,
  key text not null,
  request_hash text not null,
  status integer,
  response text,
  content_type text,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pk primary key (caller, key)
);
create index idempotency_keys_created_idx on idempotency_keys (created_at);

create table jobs (
  id bigint generated always as identity primary key,
  kind text not null,
  state text not null default 'waiting',
  input jsonb not null default '{}',
  done integer not null default 0,
  total integer not null default 0,
  result jsonb,
  error text,
  attempts integer not null default 0,
  cancel_requested boolean not null default false,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  beat_at timestamptz,
  finished_at timestamptz,
  constraint jobs_state_known check (state in ('waiting', 'running', 'done', 'failed', 'cancelled'))
);
create index jobs_unfinished_idx on jobs (id) where state in ('waiting', 'running');
