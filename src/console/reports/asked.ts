import { type Static, Type } from '@fastify/type-provider-typebox'
import type { ReportKind } from '../../features/reports/index.ts'

const word = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/** How a report is asked for, as its form sends it: what is not used comes empty. */
export const ReportQuery = Type.Object({ round: word(32), pathway: word(200), as_of: word(40) })
export type ReportQuery = Static<typeof ReportQuery>

/** Which report, and of what. */
export interface Asked {
  kind: ReportKind
  /** Empty for the comparison of rounds. */
  code: string
  /** Of associations only. */
  pathway: string
  as_of: string | undefined
}

/** Empty and blank: as things stand. */
export const dayOf = ({ as_of }: ReportQuery): string | undefined => as_of?.trim() || undefined

/** The address of a report, `.csv` or not, with what is asked for. */
export function hrefOf({ kind, code, pathway, as_of }: Asked, ending = ''): string {
  return withQuery(`/console/reports/${kind}${ending}`, {
    round: kind === 'rounds' ? '' : code,
    pathway: kind === 'association' ? pathway : '',
    as_of: as_of ?? '',
  })
}

/** The address of the list of people behind a figure. */
export function peopleHref(
  { kind, code, as_of }: Asked,
  { section, row, column }: { section: string; row: string; column: string },
): string {
  const round = kind === 'rounds' ? row : code
  return withQuery('/console/reports/people', { kind, round, section, row, column, as_of: as_of ?? '' })
}

/** Only what is given. */
function withQuery(path: string, fields: Record<string, string>): string {
  const kept = Object.entries(fields).filter(([, value]) => value !== '')
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept)}`
}
