import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { parseAsOf } from '../as-of.ts'
import { definitionsOf } from '../definitions.ts'
import type { Report } from '../report.ts'
import { readFigures } from './figures.ts'
import { knownSteps } from './known.ts'
import { STEPS } from './person-queries.ts'
import { sayRound } from './round-sentences.ts'
import { dimensionSections, funnelOf, statesOf } from './sections.ts'

/**
 * The report on one round: how far its people came, who is not confirmed, and by country, sector, career stage, pathway
 * and experience.
 * @param input.as_of `YYYY-MM-DD`: as things stood at the end of that day in UTC
 * @throws NotFound, InvalidInput for `as_of`
 */
export async function reportOnRound(
  deps: { db: Db; clock: Clock },
  input: { code: string; as_of?: string | undefined },
): Promise<Report> {
  const as_of = parseAsOf(deps.clock, input.as_of)
  const round = await getRoundRow(deps, input)
  const [figures] = await readFigures(deps, [round], as_of)
  if (!figures) throw new Error('no figures of a round')
  const known = knownSteps(round, figures, as_of)
  const sections = [funnelOf(figures, known), statesOf(figures), ...dimensionSections(round, figures, as_of)]
  return {
    kind: 'round',
    title: `Round ${round.code}`,
    round: round.code,
    pathway: null,
    as_of: as_of.day,
    data_at: as_of.data_at.toISOString(),
    sentences: sayRound(round, figures, known, as_of.day),
    sections,
    definitions: definitionsOf(sections, [...STEPS, 'returning']),
  }
}
