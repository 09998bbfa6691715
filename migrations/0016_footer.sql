-- Messages have a place for the programme's footer. A text is compiled again when it is next needed: the result depends
-- on nothing but the text, so also a campaign under way goes on as before.

update campaign_variants set compiled = null where compiled is not null;
