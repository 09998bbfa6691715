import { Conflict, InvalidInput } from '../../../lib/errors.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { parseAsOf } from '../as-of.ts'
import { listBegunCampaigns } from '../engagement/campaign-queries.ts'
import type { EngagementDeps } from '../engagement/figures.ts'
import { type PeopleBehind, pageOf, presentBehind } from '../engagement/people.ts'
import type { Behind } from '../engagement/people-queries.ts'
import type { FigureWanted } from '../figure.ts'
import { listBehindDomain, MAIL_COUNTED, type MailCounted } from './domain-queries.ts'
import { listBehindReason } from './reason-queries.ts'
import { listBehindStop, listBehindSuppressed } from './standing-queries.ts'

/**
 * A page of the people behind a figure of the delivery report, by id; a row that is not there has nobody. @throws
 * NotFound, InvalidInput for what the report does not have, Conflict `figure_unknown` for what a past day does not tell
 */
export async function listDeliveryPeople(deps: EngagementDeps, wanted: FigureWanted): Promise<PeopleBehind> {
  const { before } = parseAsOf(deps.clock, wanted.as_of)
  const round = await getRoundRow(deps, wanted)
  const page = { ...pageOf(wanted), needs_consent: false }
  return presentBehind(await listBehindFigure(deps, { ...wanted, before, round_id: round.id }, page), page.limit)
}

async function listBehindFigure(
  { db, clock }: EngagementDeps,
  { section, row, column, before, round_id }: FigureWanted & { before: Date | null; round_id: number },
  page: { after: number; limit: number; needs_consent: boolean },
): Promise<Behind> {
  const isPast = before !== null
  const campaign_ids = (await listBegunCampaigns(db, { round_id, before })).map(({ id }) => id)
  const facts = { campaign_ids, before }
  switch (section) {
    case 'domains': {
      const counted = column === 'people' ? 'recipients' : column
      if (!isMailCounted(counted)) throw noColumn(column)
      if (isPast && UNKNOWN_OF_THE_PAST.includes(counted)) throw unknown()
      return listBehindDomain(db, { ...facts, ...page, row, column: counted })
    }
    case 'reasons':
      if (column !== 'emails' && column !== 'people' && column !== 'base') throw noColumn(column)
      if (isPast && column === 'base' && row.startsWith('rejected:')) throw unknown()
      return listBehindReason(db, { ...facts, ...page, row, of_base: column === 'base' })
    case 'suppressed':
      if (column !== 'people' && column !== 'base') throw noColumn(column)
      if (isPast) throw unknown()
      return listBehindSuppressed(db, { ...page, round_id, now: clock.now(), row, of_base: column === 'base' })
    case 'stops':
      if (column !== 'waiting' && column !== 'people') throw noColumn(column)
      if (isPast) throw unknown()
      return listBehindStop(db, { ...page, campaign_ids, domain: row })
    default:
      throw fault('section', `The delivery report has no section "${section}".`)
  }
}

/** Who was a recipient on a past day is not always kept, so it is not told. */
const UNKNOWN_OF_THE_PAST: readonly MailCounted[] = ['recipients', 'deferred', 'uncertain']

const isMailCounted = (column: string): column is MailCounted => (MAIL_COUNTED as readonly string[]).includes(column)

const fault = (field: string, message: string) => new InvalidInput([{ field, message }])
const noColumn = (column: string) => fault('column', `The section has no column "${column}".`)
const unknown = () =>
  new Conflict('figure_unknown', 'This figure is not known for a past day, so nobody can be named. Leave the day out.')
