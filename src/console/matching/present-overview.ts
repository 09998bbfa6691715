import type {
  getMatchingSettings,
  listMatchingDecisions,
  listMatchingRuns,
  measurePool,
} from '../../features/matching/index.ts'
import type { findIntroduction } from '../../features/partnerships/index.ts'
import type { RoundRow } from '../../features/rounds/index.ts'
import { saySource } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { presentHierarchy } from './present-hierarchy.ts'
import { MODES, madeOf, ODD_ONES, POLICIES, people, percent, presentPerson, RUN_STATES, total } from './words.ts'

export interface Reader {
  /** Names of the staff, by "staff 3". */
  names: ReadonlyMap<string, string>
  zone: string
  /** Whether they may see people's pages. */
  sees: boolean
  /** Whether they may change the matching. */
  writes: boolean
}

export interface OverviewFacts {
  round: RoundRow
  pool: Awaited<ReturnType<typeof measurePool>>
  settings: Awaited<ReturnType<typeof getMatchingSettings>>
  decisions: Awaited<ReturnType<typeof listMatchingDecisions>>
  runs: Awaited<ReturnType<typeof listMatchingRuns>>
  introduction: Awaited<ReturnType<typeof findIntroduction>>
  before: number | undefined
}

/** View model of matching/overview, but for the progress of a run and faults. */
export function presentOverview(facts: OverviewFacts, reader: Reader) {
  const { round, pool, settings, decisions, runs } = facts
  return {
    round: { code: round.code, href: `/console/rounds/${encodeURIComponent(round.code)}` },
    pool: presentPool(pool, reader),
    ...presentNext(facts, reader),
    hierarchy: presentHierarchy(settings.hierarchy),
    how: presentHow(settings),
    criteria_href: '/console/matching/criteria',
    may_write: reader.writes,
    settings_by: settings.updated_at
      ? { at: presentTime(settings.updated_at, reader.zone), by: saySource(settings.updated_by ?? '', reader.names) }
      : '',
    decisions: decisions.map(({ id, kind, people: two, note, decided_by, decided_at }) => ({
      id,
      people: two.map((one) => presentPerson(one)),
      kept: kind === 'lock',
      note,
      by: saySource(decided_by ?? '', reader.names),
      at: presentTime(decided_at, reader.zone),
    })),
    runs: runs.items.map((run) => presentRunRow(run, reader)),
    pager: {
      next: runs.next === null ? '' : `/console/matching?before=${runs.next}#runs`,
      first: facts.before === undefined ? '' : '/console/matching#runs',
    },
  }
}

const LISTS: Record<string, string> = {
  not_confirmed: '/console/participants?state=applied,waitlisted,declined,lapsed,withdrawn',
  removed: '/console/participants?state=removed',
}

function presentPool({ people: count, countries, left_out }: OverviewFacts['pool'], { sees }: Reader) {
  return {
    count,
    people: people(count),
    countries: `${formatCount(countries)} ${countries === 1 ? 'country' : 'countries'}`,
    href: sees ? '/console/participants?state=confirmed' : '',
    left_out: left_out.map((left) => ({
      text: `${people(left.people)} ${left.words}`,
      href: sees ? (LISTS[left.reason] ?? '') : '',
    })),
    nobody: count === 0,
    alone: count === 1,
    enough: count > 1,
  }
}

/** The one thing to do next: match, review, introduce, or look at what was sent. */
function presentNext({ pool, runs, introduction }: OverviewFacts, { writes }: Reader) {
  const open = runs.items.find(({ state, approved_at }) => state === 'done' && approved_at === null)
  const approved = runs.items.find(({ approved_at }) => approved_at !== null)
  const running = runs.items.some(({ state }) => state === 'waiting' || state === 'running')
  const isFirst = pool.people > 1 && !open && !approved
  return {
    match_button: writes && !running && !approved && pool.people > 1 ? `Match ${people(pool.people)}` : '',
    match_is_main: isFirst,
    main: nextStep({ open, approved, introduction, writes }),
  }
}

function nextStep(found: {
  open: { id: number; mode: keyof typeof MODES; cardinality: number | null } | undefined
  approved: { id: number } | undefined
  introduction: OverviewFacts['introduction']
  writes: boolean
}) {
  const { open, approved, introduction, writes } = found
  if (introduction?.scheduled) {
    return { href: `/console/campaigns/${introduction.campaign_id}/report`, text: 'See how the introductions go' }
  }
  if (approved && introduction) {
    const whom = `${formatCount(introduction.partnerships)} partnership${introduction.partnerships === 1 ? '' : 's'}`
    return writes
      ? { href: `/console/matching/${approved.id}/introduce`, text: `Introduce ${whom}` }
      : { href: `/console/matching/${approved.id}`, text: `See the ${whom}` }
  }
  if (open) return { href: `/console/matching/${open.id}`, text: `Review ${madeOf(open.mode, open.cardinality ?? 0)}` }
  return null
}

/** Policy, mode and what becomes of an odd one, in words. */
function presentHow({ policy, mode, group_size, odd_one }: OverviewFacts['settings']) {
  return [
    { name: 'What is best', value: POLICIES[policy].words },
    {
      name: 'Who with whom',
      value: mode === 'groups' ? `Groups of ${group_size}. ${MODES.groups.words}` : MODES[mode].words,
    },
    ...(mode === 'pairs' ? [{ name: 'The odd one', value: ODD_ONES[odd_one].words }] : []),
  ]
}

function presentRunRow(run: OverviewFacts['runs']['items'][number], { names, zone }: Reader) {
  const { id, state, mode, cardinality, mean_score, worst_score, total_score, unmatched, edits } = run
  const isDone = state === 'done' && cardinality !== null
  return {
    href: `/console/matching/${id}`,
    name: `Run ${id}`,
    at: presentTime(run.created_at, zone),
    by: saySource(run.created_by ?? '', names),
    badge: run.approved_at ? ({ tone: 'good', text: 'approved' } as const) : (RUN_STATES[state] ?? RUN_STATES.waiting),
    people: people(run.people),
    going: state === 'waiting' || state === 'running',
    made: isDone ? madeOf(mode, cardinality) : '',
    left: isDone ? formatCount(unmatched) : '',
    mean: mean_score === null ? '' : percent(mean_score),
    worst: worst_score === null ? '' : percent(worst_score),
    total: total_score === null ? '' : total(total_score),
    proof: !isDone ? '' : run.proven_optimal ? 'proven' : 'not proven',
    edits: edits === 0 ? '' : edits === 1 ? '1 change by hand' : `${formatCount(edits)} changes by hand`,
  }
}
