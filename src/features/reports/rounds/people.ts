import type { Clock } from '../../../lib/clock.ts'
import { Conflict, InvalidInput } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getRoundRow, type RoundRow } from '../../rounds/index.ts'
import { type AsOf, parseAsOf } from '../as-of.ts'
import type { PeopleWanted, ReportPeople } from '../people.ts'
import { baseOf } from './columns.ts'
import { readFigures } from './figures.ts'
import { isKnown } from './known.ts'
import { type Dimension, listPeople, STEPS, type Step, TOTAL } from './person-queries.ts'
import { BY_DIMENSION, NOT_CONFIRMED } from './sections.ts'

/** Which rows of the one source a figure counts. */
interface Choice {
  step: Step
  only_applicants: boolean
  where: { dimension: Dimension; key: string } | null
}

const PAGE = 100
const LARGEST_PAGE = 500

/** See listReportPeople. Of the comparison the row is the round's code; countries: the people who are counted in them. */
export async function listPeopleOfRound(
  deps: { db: Db; clock: Clock },
  wanted: PeopleWanted & { kind: 'round' | 'rounds' },
): Promise<ReportPeople> {
  const as_of = parseAsOf(deps.clock, wanted.as_of)
  const { after = 0, limit = PAGE } = wanted
  const choice = wanted.kind === 'rounds' ? choiceOfRounds(wanted) : choiceOfRound(wanted)
  const round = await getRoundRow(deps, { code: wanted.kind === 'rounds' ? wanted.row : wanted.code })
  await checkKnown(deps, choice.step, round, as_of)
  const most = Math.min(limit, LARGEST_PAGE)
  // one more tells whether there is a next page
  const at = { round_id: round.id, before: as_of.before }
  const rows = await listPeople(deps.db, { ...choice, ...at, after, limit: most + 1 })
  const items = rows.slice(0, most).map(({ erased_at, person_id, given_name, family_name, country_code }) => ({
    person_id,
    given_name: erased_at === null ? given_name : 'Erased person',
    family_name: erased_at === null ? family_name : '',
    country_code,
  }))
  return { items, next: rows.length > most ? (items.at(-1)?.person_id ?? null) : null }
}

async function checkKnown(deps: { db: Db; clock: Clock }, step: Step, round: RoundRow, as_of: AsOf): Promise<void> {
  if (step !== 'in_touch' && step !== 'completed') return
  const [figures] = await readFigures(deps, [round], as_of)
  if (figures && isKnown(step, round, figures, as_of)) return
  const why =
    step === 'in_touch'
      ? `Nobody of ${round.code} has answered a check-in yet.`
      : `${round.code} is not over yet, or has no last day.`
  throw new Conflict('figure_unknown', `${why} Nobody can be listed before the figure is known.`)
}

const allOf = (step: Step): Choice => ({ step, only_applicants: false, where: null })

function choiceOfRounds({ section, column }: PeopleWanted): Choice {
  if (section !== 'rounds') throw noSuch('section', section)
  if (column === 'countries') return allOf('participants')
  if (column === 'returning') return { ...allOf('participants'), where: { dimension: 'experience', key: 'returning' } }
  return allOf(stepOf('column', column))
}

function choiceOfRound(wanted: PeopleWanted): Choice {
  const { section, row, column } = wanted
  if (section === 'funnel') return choiceOfFunnel(stepOf('row', row), column)
  if (section === 'states') return choiceOfStates(row, column)
  const dimension = BY_DIMENSION.find(({ key }) => key === section)?.key
  if (!dimension) throw noSuch('section', section)
  const choice = allOf(stepOf('column', column))
  return row === TOTAL ? choice : { ...choice, where: { dimension, key: row } }
}

function choiceOfFunnel(step: Step, column: string): Choice {
  if (column === 'people' || column === 'countries') return allOf(step)
  if (column === 'base') return allOf(baseOf(step))
  throw noSuch('column', column)
}

function choiceOfStates(row: string, column: string): Choice {
  const isTotal = row === TOTAL
  if (!isTotal && !Object.hasOwn(NOT_CONFIRMED, row)) throw noSuch('row', row)
  if (column === 'base') return allOf('applicants')
  if (column !== 'people') throw noSuch('column', column)
  return { step: 'applicants', only_applicants: true, where: isTotal ? null : { dimension: 'state', key: row } }
}

function stepOf(field: 'row' | 'column', text: string): Step {
  const found = STEPS.find((step) => step === text)
  if (!found) throw noSuch(field, text)
  return found
}

const noSuch = (field: string, text: string) =>
  new InvalidInput([{ field, message: `The report has no ${field} "${text.slice(0, 40)}". Take one that it shows.` }])
