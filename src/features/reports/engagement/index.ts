/** What became of a round's emails: campaigns, links, use by partnerships. The figures of campaigns are kept here. */

export { reportOnEngagement } from './engagement-report.ts'
export { type EngagementDeps, readCampaignFigures, refreshCampaignFigures } from './figures.ts'
export type { CampaignFigures } from './figures-queries.ts'
export { listEngagementPeople, type PeopleBehind } from './people.ts'
export { addMailReportRoutes } from './routes.ts'
