-- What the lists of people, the suppression list and the steps of an import are read by.

-- Filters of a round's people, each in the order of the pages. A sector is free text: an index takes its beginning only.
create index applications_round_country_idx on applications (round_id, country_code, person_id);
create index applications_round_pathway_idx on applications (round_id, pathway, person_id);
create index applications_round_sector_idx on applications (round_id, left(sector, 200), person_id);

-- The history of an address, and addresses by their beginning; the list of what stands, the newest first.
create index suppressions_address_idx on suppressions (address text_pattern_ops, id);
create index suppressions_standing_idx on suppressions (id) where lifted_at is null;

-- Which imports touched a person.
create index import_changes_row_idx on import_changes (table_name, row_id);

-- Titles and first rows of an upload that waits for its columns to be named; forgotten with its content.
alter table imports add column header jsonb;
