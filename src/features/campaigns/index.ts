/**
 * Campaigns: their texts in versions and languages, who gets them and when. Owns the tables campaigns and
 * campaign_variants. Guarantees that a version never changes, that preview, test and sending go through one render
 * function, and that a text with an unknown merge field or a bad link is never compiled. Does not send: deliveries do.
 */

export { approveCampaign, getSecondPerson, type SecondPerson } from './approve.ts'
export { listCampaignFindings } from './audience-facts.ts'
export {
  type ListedCampaign,
  type ListKey,
  listCampaignsBetween,
  listCampaignsInOrder,
} from './calendar-queries.ts'
export { ensureCompiled } from './compiled.ts'
export { createComposer } from './compose.ts'
export { type Compiled, compileVariant, parseTopicFile, renderMessage, type TopicFile } from './content/index.ts'
export { type CopyInput, copyCampaign } from './copy.ts'
export { type MoveInput, moveRound, previewMove, type RoundMove } from './move.ts'
export { addMoveRoutes } from './move-routes.ts'
export type { CampaignMove, StayingCampaign } from './move-rules.ts'
export {
  type AgendaCampaign,
  COUNTED,
  type DecisionNeed,
  type DraftNeed,
  type LiveCampaign,
  listAgenda,
  listDecisionNeeds,
  listDraftNeeds,
  listLargeAudiences,
  listLiveCampaigns,
} from './needs-queries.ts'
export { type Preview, previewCampaign } from './preview.ts'
export { type CampaignProgress, cancelCampaign, measureCampaign, pauseCampaign, resumeCampaign } from './progress.ts'
export { type AudienceReview, type PlanReview, reviewAudience, reviewPlan } from './review.ts'
export {
  type AudienceChoices,
  type AudiencePerson,
  listAudienceChoices,
  listAudiencePeople,
} from './review-queries.ts'
export { addReviewRoutes } from './review-routes.ts'
export { addCampaignRoutes, type CampaignSources } from './routes.ts'
export { type Scheduled, scheduleCampaign } from './schedule.ts'
export { addScheduleRoutes } from './schedule-routes.ts'
export { senderOf } from './sender.ts'
export { type Campaign, createCampaign } from './service.ts'
export { sweepDeliveries } from './sweep.ts'
