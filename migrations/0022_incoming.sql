-- Incoming mail: kept as it came, read, acted on, and what needs a person.

create table incoming_messages (
  id bigint generated always as identity primary key,
  source text not null,
  -- the envelope; an IMAP mailbox and an HTTP post may not know it
  mail_from text,
  rcpt_to text,
  -- where it connected from and how it called itself, for SPF
  client_ip text,
  client_helo text,
  raw bytea,
  octets integer not null,
  -- SHA-256 of the recipient and the message: taken twice, it is one row
  digest bytea not null,
  received_at timestamptz not null,
  state text not null default 'received',
  tries integer not null default 0,
  try_at timestamptz,
  -- what reading found
  kind text,
  why text,
  from_address text,
  from_name text,
  subject text,
  message_id text,
  in_reply_to text,
  said_at timestamptz,
  authenticity jsonb,
  cuts text[] not null default '{}',
  visible text,
  quoted text,
  guess jsonb,
  -- the message of ours that it is about, and how that was found
  delivery_id bigint,
  found_by text,
  person_id bigint,
  round_id bigint,
  -- what came of it
  outcome text,
  read_at timestamptz,
  constraint incoming_messages_digest_key unique (digest),
  constraint incoming_messages_source_known check (source in ('smtp', 'lmtp', 'imap', 'http', 'mailbox')),
  constraint incoming_messages_state_known check (state in ('received', 'read', 'unreadable')),
  constraint incoming_messages_kind_known check (
    kind in ('own', 'complaint', 'bounce', 'unsubscribe', 'auto_reply', 'reply', 'duplicate', 'unreadable')
  ),
  constraint incoming_messages_found_by_known check (
    found_by in ('token', 'in_reply_to', 'references', 'returned', 'address', 'staff')
  ),
  constraint incoming_messages_outcome_known check (
    outcome in ('confirmed', 'declined', 'inbox', 'unsubscribed', 'bounce', 'complaint', 'auto_reply', 'ignored')
  ),
  constraint incoming_messages_read_has_outcome check ((state = 'received') = (outcome is null)),
  constraint incoming_messages_delivery_fk foreign key (delivery_id) references deliveries (id),
  constraint incoming_messages_person_fk foreign key (person_id) references people (id) on delete set null,
  constraint incoming_messages_round_fk foreign key (round_id) references rounds (id)
);
alter table incoming_messages alter column raw set storage external;
create index incoming_messages_waiting_idx on incoming_messages (id) where state = 'received';
create index incoming_messages_person_idx on incoming_messages (person_id, id) where person_id is not null;
create index incoming_messages_delivery_idx on incoming_messages (delivery_id) where delivery_id is not null;
create index incoming_messages_message_id_idx on incoming_messages (message_id) where message_id is not null;
create index incoming_messages_round_idx on incoming_messages (round_id, id);

alter table confirmation_answers
  add constraint confirmation_answers_incoming_fk foreign key (incoming_id) references incoming_messages (id);

-- Where the reading of an IMAP mailbox stands. Another UIDVALIDITY: all of it is read again, and the digest knows what we have.
create table imap_mailboxes (
  name text primary key,
  uid_validity bigint not null,
  last_uid bigint not null default 0,
  seen_at timestamptz,
  trouble_since timestamptz,
  trouble_words text
);

-- What became known about a delivery after it was accepted.
create table delivery_events (
  id bigint generated always as identity primary key,
  delivery_id bigint not null,
  incoming_id bigint not null,
  kind text not null,
  -- of a bounce: hard, soft, policy, full, blocked, unknown
  class text,
  status text,
  words text,
  address text not null default '',
  at timestamptz not null,
  constraint delivery_events_delivery_fk foreign key (delivery_id) references deliveries (id),
  constraint delivery_events_incoming_fk foreign key (incoming_id) references incoming_messages (id),
  constraint delivery_events_kind_known check (kind in ('bounce', 'complaint', 'reply', 'auto_reply', 'unsubscribe')),
  constraint delivery_events_once unique (incoming_id, delivery_id, kind, address)
);
create index delivery_events_delivery_idx on delivery_events (delivery_id, kind);
create index delivery_events_address_idx on delivery_events (address, at) where kind = 'bounce';

-- Replies that need a person.
create table inbox_items (
  id bigint generated always as identity primary key,
  incoming_id bigint not null,
  round_id bigint,
  person_id bigint,
  state text not null default 'open',
  -- why no machine settled it, in words
  why text not null,
  -- it came from an address that is none of the person's: asked before it becomes one
  unknown_address text,
  address_decision text,
  decision text,
  decided_by bigint,
  decided_at timestamptz,
  assigned_to bigint,
  note text not null default '',
  version integer not null default 1,
  created_at timestamptz not null,
  constraint inbox_items_incoming_key unique (incoming_id),
  constraint inbox_items_incoming_fk foreign key (incoming_id) references incoming_messages (id),
  constraint inbox_items_round_fk foreign key (round_id) references rounds (id),
  constraint inbox_items_person_fk foreign key (person_id) references people (id) on delete set null,
  constraint inbox_items_decided_by_fk foreign key (decided_by) references staff (id),
  constraint inbox_items_assigned_to_fk foreign key (assigned_to) references staff (id),
  constraint inbox_items_state_known check (state in ('open', 'done')),
  constraint inbox_items_decision_known check (decision in ('yes', 'no', 'question', 'out_of_office', 'unsubscribe', 'done')),
  constraint inbox_items_address_decision_known check (address_decision in ('add', 'replace', 'ignore')),
  constraint inbox_items_done_has_decision check ((state = 'done') = (decision is not null)),
  constraint inbox_items_note_length check (length(note) <= 5000)
);
create index inbox_items_open_idx on inbox_items (id) where state = 'open';
create index inbox_items_round_idx on inbox_items (round_id, id);
create index inbox_items_person_idx on inbox_items (person_id) where person_id is not null;
create index inbox_items_decided_by_idx on inbox_items (decided_by) where decided_by is not null;
create index inbox_items_assigned_to_idx on inbox_items (assigned_to) where assigned_to is not null;

-- What staff wrote back from the page; the ledger carries it like any other mail.
create table inbox_replies (
  id bigint generated always as identity primary key,
  item_id bigint not null,
  delivery_id bigint not null,
  subject text not null,
  body text not null,
  written_by text not null,
  written_at timestamptz not null,
  constraint inbox_replies_item_fk foreign key (item_id) references inbox_items (id),
  constraint inbox_replies_delivery_fk foreign key (delivery_id) references deliveries (id),
  constraint inbox_replies_delivery_key unique (delivery_id),
  constraint inbox_replies_body_length check (length(body) between 1 and 20000)
);
create index inbox_replies_item_idx on inbox_replies (item_id);
