/**
 * Campaigns: their texts in versions and languages, who gets them and when. Owns the tables campaigns and
 * campaign_variants. Guarantees that a version never changes, that preview, test and sending go through one render
 * function, and that a text with an unknown merge field or a bad link is never compiled. Does not send: deliveries do.
 */

export { listCampaignFindings } from './audience-facts.ts'
export { createComposer } from './compose.ts'
export { type Compiled, compileVariant, parseTopicFile, renderMessage, type TopicFile } from './content/index.ts'
export { type Preview, previewCampaign } from './preview.ts'
export { type CampaignProgress, cancelCampaign, measureCampaign, pauseCampaign, resumeCampaign } from './progress.ts'
export { addCampaignRoutes, type CampaignSources } from './routes.ts'
export { type Scheduled, scheduleCampaign } from './schedule.ts'
export { addScheduleRoutes } from './schedule-routes.ts'
export { type Campaign, createCampaign, ensureCompiled } from './service.ts'
export { sweepDeliveries } from './sweep.ts'
