/**
 * Campaigns: their texts in versions and languages, who gets them and when. Owns the tables campaigns and
 * campaign_variants. Guarantees that a version never changes, that preview, test and sending go through one render
 * function, and that a text with an unknown merge field or a bad link is never compiled. Does not send: deliveries do.
 */

export { approveCampaign, getSecondPerson, type SecondPerson } from './approve.ts'
export { listCampaignFindings, listTextFindings } from './audience-facts.ts'
export {
  type ListedCampaign,
  type ListKey,
  listCampaignsBetween,
  listCampaignsInOrder,
} from './calendar-queries.ts'
export { CampaignChanged, FIELD_NAMES, listContested } from './changed.ts'
export { ensureCompiled, readCompiled } from './compiled.ts'
export { createComposer } from './compose.ts'
export {
  type Compiled,
  compileVariant,
  type Finding,
  PHRASE_LANGUAGES,
  type Phrases,
  parseTopicFile,
  phrasesOf,
  renderMessage,
  type TopicFile,
  type VariantText,
  type WebCopy,
  type WebCopySettings,
  writeWebCopy,
} from './content/index.ts'
export { type CopyInput, copyCampaign } from './copy.ts'
export { type FallbackField, listFallbackFields, listMergeFields } from './fallbacks.ts'
export { findDraftToTest } from './first-draft-queries.ts'
export {
  findVersionWriter,
  getVersionPair,
  type HistoryEntry,
  listHistory,
  restoreVersion,
  type VersionPair,
} from './history.ts'
export { checkLinks } from './link-checks.ts'
export type { CampaignSettings } from './merge-settings.ts'
export { TEXT_FIELDS, type TextConflict, type TextField } from './merge-texts.ts'
export { type MoveInput, moveRound, previewMove, type RoundMove } from './move.ts'
export { addMoveRoutes } from './move-routes.ts'
export type { CampaignMove, StayingCampaign } from './move-rules.ts'
export {
  COUNTED,
  type DecisionNeed,
  type DraftNeed,
  type LiveCampaign,
  listDecisionNeeds,
  listDraftNeeds,
  listLargeAudiences,
  listLiveCampaigns,
} from './needs-queries.ts'
export { listCampaignsForPerson } from './person-queries.ts'
export { type Preview, type PreviewReader, previewCampaign } from './preview.ts'
export {
  findPreviewPerson,
  listPreviewPeople,
  type PreviewPerson,
  type PreviewReason,
  searchPreviewPeople,
} from './preview-people.ts'
export { type Scheme, showInScheme } from './preview-scheme.ts'
export { type CampaignProgress, cancelCampaign, measureCampaign, pauseCampaign, resumeCampaign } from './progress.ts'
export { putPicture } from './put-picture.ts'
export type { VersionWriter } from './queries.ts'
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
export { type Audience, type CampaignChange, type CampaignExtras, COPIED_STATES, DEFAULT_STATES } from './schema.ts'
export { senderOf } from './sender.ts'
export {
  type Campaign,
  type CampaignSave,
  createCampaign,
  getCampaign,
  insertDraft,
  updateCampaign,
} from './service.ts'
export { sweepDeliveries } from './sweep.ts'
export { requestTest } from './test-email.ts'
export { type DiffPart, diffText } from './text-diff.ts'
export { type Explanation, explainDelivery, HELD, SKIPPED } from './why.ts'
