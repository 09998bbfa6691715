-- Messages caught by the built-in mailbox (only without SMTP_URL), and replies typed there. The raw bytes are kept.

create table mailbox_messages (
  id bigint generated always as identity primary key,
  mail_from text not null,
  rcpt_to text not null,
  direction text not null default 'to_participant',
  raw bytea not null,
  header_from text,
  message_id text,
  subject text,
  received_at timestamptz not null default clock_timestamp(),
  constraint mailbox_messages_direction_known check (direction in ('to_participant', 'to_programme'))
);
-- Mail is written much more often than read here: compressing it would cost more than the disk it saves.
alter table mailbox_messages alter column raw set storage external;
create index mailbox_messages_rcpt_idx on mailbox_messages (lower(rcpt_to), id);
