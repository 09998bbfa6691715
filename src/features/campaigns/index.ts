/**
 * Campaigns: their texts in versions and languages, who gets them and when. Owns the tables campaigns and
 * campaign_variants. Guarantees that a version never changes, that preview, test and sending go through one render
 * function, and that a text with an unknown merge field or a bad link is never compiled. Does not send: deliveries do.
 */

export { listCampaignsForPerson } from './audience/person-queries.ts'
export { type Explanation, explainDelivery, HELD, SKIPPED } from './audience/why.ts'
export {
  AUTOMATIC_EMAILS,
  type AutomaticEmail,
  type AutomaticKey,
} from './automatic/catalog.ts'
export { ensureAutomatic } from './automatic/ensure.ts'
export { chooseSignature, readFirstText } from './automatic/first-text.ts'
export { type AutomaticReaders, type QueuedCopy, queueAutomatic, queueAutomaticToAll } from './automatic/queue.ts'
export { addAutomaticRoutes } from './automatic/routes.ts'
export {
  listAutomaticEmails,
  openAutomatic,
  publishAutomatic,
  type RoundEmail,
  switchAutomatic,
} from './automatic/service.ts'
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
export { createComposer } from './message/compose.ts'
export { composeForMailchimp, type MailchimpMessages } from './message/mailchimp-message.ts'
export { senderOf } from './message/sender.ts'
export { type Preview, type PreviewReader, previewCampaign } from './preview/preview.ts'
export {
  findPreviewPerson,
  listPreviewPeople,
  type PreviewPerson,
  type PreviewReason,
  searchPreviewPeople,
} from './preview/preview-people.ts'
export { type Scheme, showInScheme } from './preview/preview-scheme.ts'
export { requestTest } from './preview/test-email.ts'
export { approveCampaign, getSecondPerson, type SecondPerson } from './review/approve.ts'
export { listCampaignFindings, listTextFindings } from './review/audience-facts.ts'
export { checkLinks } from './review/link-checks.ts'
export { type AudienceReview, type PlanReview, reviewAudience, reviewPlan } from './review/review.ts'
export {
  type AudienceChoices,
  type AudiencePerson,
  listAudienceChoices,
  listAudiencePeople,
} from './review/review-queries.ts'
export { addReviewRoutes } from './review/review-routes.ts'
export { addCampaignRoutes, type CampaignSources } from './routes.ts'
export {
  type ListedCampaign,
  type ListKey,
  listCampaignsBetween,
  listCampaignsInOrder,
} from './schedule/calendar-queries.ts'
export { type CopyInput, copyCampaign } from './schedule/copy.ts'
export {
  type CampaignElsewhere,
  cancelElsewhere,
  findCampaignElsewhere,
  listElsewhereLanguages,
  listElsewherePeople,
  recordBegunElsewhere,
} from './schedule/hand-over-queries.ts'
export { type MoveInput, moveRound, previewMove, type RoundMove } from './schedule/move.ts'
export { addMoveRoutes } from './schedule/move-routes.ts'
export type { CampaignMove, StayingCampaign } from './schedule/move-rules.ts'
export {
  COUNTED,
  type DecisionNeed,
  type DraftNeed,
  type LiveCampaign,
  listDecisionNeeds,
  listDraftNeeds,
  listLargeAudiences,
  listLiveCampaigns,
} from './schedule/needs-queries.ts'
export {
  type CampaignProgress,
  cancelCampaign,
  measureCampaign,
  pauseCampaign,
  resumeCampaign,
} from './schedule/progress.ts'
export { HAND_OVER, type Scheduled, scheduleCampaign, TAKE_BACK } from './schedule/schedule.ts'
export { addScheduleRoutes } from './schedule/schedule-routes.ts'
export { sweepDeliveries } from './schedule/sweep.ts'
export {
  type Audience,
  type CampaignChange,
  type CampaignExtras,
  type Channel,
  COPIED_STATES,
  DEFAULT_STATES,
} from './schema.ts'
export { CampaignChanged, FIELD_NAMES, listContested } from './writing/changed.ts'
export { ensureCompiled, readCompiled } from './writing/compiled.ts'
export { type FallbackField, listFallbackFields, listMergeFields } from './writing/fallbacks.ts'
export { findDraftToTest } from './writing/first-draft-queries.ts'
export {
  findVersionWriter,
  getVersionPair,
  type HistoryEntry,
  listHistory,
  restoreVersion,
  type VersionPair,
} from './writing/history.ts'
export type { CampaignSettings } from './writing/merge-settings.ts'
export { TEXT_FIELDS, type TextConflict, type TextField } from './writing/merge-texts.ts'
export { putPicture } from './writing/put-picture.ts'
export type { VersionWriter } from './writing/queries.ts'
export {
  type Campaign,
  type CampaignSave,
  createCampaign,
  getCampaign,
  insertDraft,
  updateCampaign,
} from './writing/service.ts'
export { type DiffPart, diffText } from './writing/text-diff.ts'
