-- Demo data may be removed with its attempts. The fence (platform/installation.ts) tells an older copy of the database by
-- its last attempt: what was removed is remembered here, so that it is not taken for one.
alter table installation add column removed_attempt bigint not null default 0;
