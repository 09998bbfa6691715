import { listMatchingRuns, measurePool } from '../../features/matching/index.ts'
import { findIntroduction, type Introduction, listIntroductionTroubles } from '../../features/partnerships/index.ts'
import type { RoundRow } from '../../features/rounds/index.ts'
import type { Db } from '../../platform/db/open.ts'
import { madeOf, people } from '../matching/words.ts'
import { formatCount } from '../present/numbers.ts'
import type { Need } from './need.ts'

type Runs = Awaited<ReturnType<typeof listMatchingRuns>>['items']

/** Where the matching of a round stands, as far as it wants a person. */
export interface MatchingFacts {
  round: string
  /** Who is confirmed; counted only while nobody has been matched and it is time to. */
  confirmed: number
  runs: Runs
  introduction: Introduction | undefined
  troubles: number
}

const RUNS = 10

/** @param today `YYYY-MM-DD`: while people may still confirm nobody is hurried, and a round that is over wants nothing */
export async function gatherMatching(
  db: Db,
  { round, today }: { round: RoundRow; today: string },
): Promise<MatchingFacts | null> {
  const { id: round_id, code, confirm_by, ends_on } = round
  if (ends_on !== null && ends_on < today) return null
  const [{ items: runs }, introduction] = await Promise.all([
    listMatchingRuns({ db }, { code, limit: RUNS }),
    findIntroduction({ db }, { round_id }),
  ])
  const isTime = confirm_by === null || confirm_by < today
  const [pool, troubles] = await Promise.all([
    isTime && runs.length === 0 && !introduction ? measurePool({ db }, { code }) : undefined,
    introduction?.scheduled ? listIntroductionTroubles(db, round_id) : [],
  ])
  return { round: code, confirmed: pool?.people ?? 0, runs, introduction, troubles: troubles.length }
}

const NONE = { before: '', subject: '', after: '' }

/** What the matching asks of a director, one thing at a time: the next step, and introductions that went wrong. */
export function needsOfMatching(facts: MatchingFacts | null): Need[] {
  if (!facts) return []
  const { round, confirmed, runs, introduction, troubles } = facts
  const approved = runs.find(({ approved_at }) => approved_at !== null)
  const newest = runs.find(({ state }) => state !== 'cancelled' && state !== 'failed')
  const inRound = `In round ${round}.`
  const introduce_href = approved ? `/console/matching/${approved.id}/introduce` : '/console/matching'
  if (introduction?.scheduled) {
    if (troubles === 0) return []
    const words =
      troubles === 1
        ? 'An introduction reached nobody, or one partner only: see whom'
        : `${formatCount(troubles)} introductions reached nobody, or one partner only: see whom`
    const detail = `${inRound} Both partners are introduced, or neither.`
    return [{ ...NONE, before: words, href: introduce_href, detail, tone: 'bad', badge: 'to decide' }]
  }
  if (introduction) {
    const count = introduction.partnerships
    const before = `Introduce ${formatCount(count)} ${count === 1 ? 'partnership' : 'partnerships'}`
    const detail = `${inRound} The matching is approved; nobody has been told yet.`
    return [{ ...NONE, before, href: introduce_href, detail, tone: 'wait', badge: 'ready' }]
  }
  if (approved) return []
  if (newest?.state === 'done') {
    const detail = `${inRound} ${madeOf(newest.mode, newest.cardinality ?? 0)} of ${people(newest.people)}.`
    const href = `/console/matching/${newest.id}`
    return [{ ...NONE, before: 'A matching run is done: review it', href, detail, tone: 'good', badge: 'ready' }]
  }
  if (newest) {
    const href = `/console/matching/${newest.id}`
    return [
      {
        ...NONE,
        before: 'People are being matched: see how far it is',
        href,
        detail: inRound,
        tone: 'info',
        badge: 'running',
      },
    ]
  }
  if (confirmed < 2) return []
  const before = `${people(confirmed)} are confirmed and nobody is matched yet: match them`
  return [{ ...NONE, before, href: '/console/matching', detail: inRound, tone: 'wait', badge: 'to do' }]
}
