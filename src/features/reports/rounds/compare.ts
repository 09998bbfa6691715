import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import { parseAsOf } from '../as-of.ts'
import { definitionsOf } from '../definitions.ts'
import type { Report, Row, Section } from '../report.ts'
import { COUNTRIES, RETURNING, STEP_COLUMNS } from './columns.ts'
import { sayRounds } from './compare-sentences.ts'
import { listRoundsInOrder, type RoundFigures, readFigures } from './figures.ts'
import { countCountries, stepsShown } from './known.ts'

/**
 * All rounds side by side in their order, with countries and returning people of the participants.
 * @param input.as_of `YYYY-MM-DD`: as things stood at the end of that day in UTC
 * @throws InvalidInput for `as_of`
 */
export async function reportOnRounds(
  deps: { db: Db; clock: Clock },
  input: { as_of?: string | undefined } = {},
): Promise<Report> {
  const as_of = parseAsOf(deps.clock, input.as_of)
  const rounds = await listRoundsInOrder(deps)
  const figures = rounds.length === 0 ? [] : await readFigures(deps, rounds, as_of)
  const compared = rounds.map((round, n) => ({ round, figures: figures[n] as RoundFigures }))
  const rows = compared.map(
    ({ round, figures }): Row => ({
      key: round.code,
      name: round.code,
      counts: {
        ...stepsShown(round, figures, as_of),
        countries: countCountries(figures, 'participants'),
        returning: countReturning(figures),
      },
    }),
  )
  const sections = [sectionOf(rows)]
  return {
    kind: 'rounds',
    title: 'Rounds compared',
    round: null,
    pathway: null,
    as_of: as_of.day,
    data_at: as_of.data_at.toISOString(),
    sentences: sayRounds(
      compared.map(({ round, figures }) => ({
        code: round.code,
        participants: figures.total.participants,
        countries: countCountries(figures, 'participants'),
        returning: countReturning(figures),
      })),
      as_of.day,
    ),
    sections,
    definitions: definitionsOf(sections),
  }
}

const countReturning = ({ groups }: RoundFigures) =>
  groups.experience.find(({ key }) => key === 'returning')?.participants ?? 0

const [applicants, participants, ...later] = STEP_COLUMNS.map((column) => ({ ...column }))

function sectionOf(rows: Row[]): Section {
  const columns = [applicants, participants, COUNTRIES, ...later, RETURNING].filter((column) => column !== undefined)
  return {
    key: 'rounds',
    name: 'Rounds',
    row_name: 'Round',
    columns,
    rows,
    // people who were in several rounds would be counted several times
    total: null,
    note: 'Countries and returning people are those of the participants. Somebody who was in several rounds is counted in each.',
    empty: 'Rounds stand here once there are any: make the first one.',
    chart: { kind: 'lines', column: 'participants' },
    has_people: true,
  }
}
