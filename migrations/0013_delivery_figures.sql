-- Figures of a campaign are read from the index alone: the rows of 100,000 deliveries are twenty times as much.
drop index deliveries_campaign_state_idx;
create index deliveries_campaign_state_idx on deliveries (campaign_id, state, id) include (is_test);
-- the few test emails of a campaign, without reading past everybody else's
create index deliveries_tests_idx on deliveries (campaign_id, id) where is_test;
