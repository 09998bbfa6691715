import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow, type RoundRow } from '../../rounds/index.ts'
import { type AsOf, parseAsOf } from '../as-of.ts'
import { definitionsOf } from '../definitions.ts'
import type { Report, Section } from '../report.ts'
import { countRound, dimensionSections, listRoundsInOrder, STEP_COLUMNS, stepsShown } from '../rounds/index.ts'
import { isolate } from '../say.ts'
import { listPathwayRows } from './pathway-queries.ts'
import { sayAssociation } from './sentences.ts'
import { hideSmallGroups, SMALL, TOGETHER } from './small-groups.ts'

interface Deps {
  db: Db
  clock: Clock
}

/** The ways by which people came to a round, the largest first. @throws NotFound */
export async function listPathways(deps: Deps, input: { code: string }): Promise<string[]> {
  const round = await getRoundRow(deps, input)
  return listPathwayRows(deps.db, round.id)
}

/**
 * What an association is told of the people who came through it: counts without names, small groups put together
 * (small-groups.ts). It leads to no people, whoever asks.
 * @param input.pathway as applications have it, such as `ALIA`
 * @throws NotFound for the round, InvalidInput for `as_of`
 */
export async function reportOnAssociation(
  deps: Deps,
  input: { pathway: string; code: string; as_of?: string | undefined },
): Promise<Report> {
  const { pathway } = input
  const as_of = parseAsOf(deps.clock, input.as_of)
  const round = await getRoundRow(deps, input)
  const figures = await countRound(deps.db, { round_id: round.id, before: as_of.before, pathway })
  const tables = dimensionSections(round, figures, as_of, ['country', 'sector', 'career_stage', 'experience']).map(
    (section) => withoutSmallGroups(section),
  )
  const sections = [await trendOf(deps, { pathway, until: round, as_of }), ...tables]
  return {
    kind: 'association',
    title: `${isolate(pathway)} in ${round.code}`,
    round: round.code,
    pathway,
    as_of: as_of.day,
    data_at: as_of.data_at.toISOString(),
    sentences: sayAssociation({ pathway, code: round.code, total: tables[0]?.total?.counts ?? {} }),
    sections,
    definitions: definitionsOf(sections, ['small_groups']),
  }
}

function withoutSmallGroups(section: Section): Section {
  const { rows, total, together, is_withheld } = hideSmallGroups({ ...section, total: section.total ?? NOBODY })
  return {
    ...section,
    rows: rows.map((row) => (row.key === TOGETHER ? { ...row, name: `${together} others together` } : row)),
    total,
    note:
      together > 0 && !is_withheld
        ? `${together} rows are put together: some of them have fewer than ${SMALL} people, and their sum would tell of the others.`
        : section.note,
    empty: is_withheld ? 'The groups are too small to be shown apart: any row would tell of somebody.' : section.empty,
    has_people: false,
  }
}

const NOBODY = { key: 'total', name: 'All', counts: {} }

/** The association over the rounds until this one, each for itself: nothing is added up, so nothing can be taken apart. */
async function trendOf(
  deps: Deps,
  { pathway, until, as_of }: { pathway: string; until: RoundRow; as_of: AsOf },
): Promise<Section> {
  const order = await listRoundsInOrder(deps)
  const rounds = order.slice(0, order.findIndex(({ id }) => id === until.id) + 1)
  const rows = []
  for (const round of rounds) {
    const figures = await countRound(deps.db, { round_id: round.id, before: as_of.before, pathway })
    if (figures.total.applicants === 0 && round.id !== until.id) continue
    const total = { key: round.code, name: round.code, counts: stepsShown(round, figures, as_of) }
    rows.push(hideSmallGroups({ columns: STEP_COLUMNS, rows: [], total }).total)
  }
  return {
    key: 'rounds',
    name: 'Over the rounds',
    row_name: 'Round',
    columns: [...STEP_COLUMNS],
    rows,
    total: null,
    note: '',
    empty: 'Nobody came this way yet.',
    chart: { kind: 'lines', column: 'participants' },
    has_people: false,
  }
}
