-- How a picture was described when it was last added: offered again when it is used again.
alter table pictures add column alt text not null default '';
alter table pictures add constraint pictures_alt_length check (length(alt) <= 1000);
