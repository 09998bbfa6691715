/** What a partner association is told of those who came through it: counts without names, and nothing of small groups. */

export { listPathways, reportOnAssociation } from './association-report.ts'
export { addAssociationRoutes } from './routes.ts'
