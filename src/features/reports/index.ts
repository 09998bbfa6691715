/**
 * Reports: figures for directors, boards, papers and associations. Owns round_figures, campaign_figures and
 * report_changes, and reads what the other features wrote.
 *
 * Guarantees (test/features/reports):
 * - A figure is a count of rows with its base, its definition and the people behind it: figures and lists come from the
 *   same statement, so that they cannot differ.
 * - Exact when it is read: what has changed since the figures were kept is counted before they are shown.
 * - Kept figures can be thrown away at any moment: made anew from the rows they are the same.
 * - Figures of a past day are those that this day's end would have shown, by what had been recorded until then. Two
 *   things are not told apart by days: the timetable of a round, and an import that was undone, which counts for no day.
 * - What nobody can know yet is `unknown`, and never 0.
 * - From one report for an association no figure that it hides can be computed (association/small-groups.ts). What two
 *   reports of different days differ by, and what a shown figure lacks to its shown base, can be.
 *
 * Not here: pages (console), who may see them (lib/permissions), what a click or a bounce is (tracking, deliveries).
 */

// Each report
export { listPathways, reportOnAssociation } from './association/index.ts'
// All of them
export { writeReportCsv } from './csv.ts'
export { reportOnDelivery } from './delivery/index.ts'
export { type CampaignFigures, readCampaignFigures, reportOnEngagement } from './engagement/index.ts'
export { listReportPeople, type ReportPeople, type ReportPerson } from './people.ts'
export { refreshReports } from './refresh.ts'
export type { Column, Count, Definition, Report, ReportKind, Row, Section } from './report.ts'
export { reportOnRound, reportOnRounds } from './rounds/index.ts'
export { addReportRoutes } from './routes.ts'
