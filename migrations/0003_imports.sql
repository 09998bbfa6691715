-- Uploaded application exports and what each import changed, so that it can be undone.

create table imports (
  id bigint generated always as identity primary key,
  round_id bigint not null,
  job_id bigint,
  file_name text,
  -- null once the import has ended: an export holds more about people (IP addresses) than we keep
  content bytea,
  mapping jsonb,
  dry_run boolean not null,
  result jsonb,
  -- every faulty row: [{line, field, message}]; the result shows the first ones
  faults jsonb not null default '[]',
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  undone_at timestamptz,
  constraint imports_round_fk foreign key (round_id) references rounds (id),
  constraint imports_job_fk foreign key (job_id) references jobs (id)
);
create index imports_round_idx on imports (round_id);
create index imports_job_idx on imports (job_id);

-- What stood in the row before the import touched it (null when the import created the row) and what it left there:
-- undo only takes back what is still as the import left it.
create table import_changes (
  id bigint generated always as identity primary key,
  import_id bigint not null,
  table_name text not null,
  row_id bigint not null,
  before jsonb,
  after jsonb not null,
  constraint import_changes_import_fk foreign key (import_id) references imports (id) on delete cascade,
  constraint import_changes_table_known check (table_name in ('people', 'addresses', 'applications'))
);
create index import_changes_import_idx on import_changes (import_id);

-- The mapping of columns that was used last for a header row, found again by the hash of the header.
create table import_mappings (
  header_hash text primary key,
  mapping jsonb not null,
  used_at timestamptz not null default now()
);
