import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { recordAnswers } from '../../src/features/confirmations/index.ts'
import { importApplications } from '../../src/features/imports/index.ts'
import {
  approveRun,
  getMatchingRun,
  type MatchingRun,
  matchingWork,
  startMatchingRun,
} from '../../src/features/matching/index.ts'
import { eachParticipant } from '../../src/features/people/index.ts'
import { createRound, getRound } from '../../src/features/rounds/index.ts'
import { longWorkHandlers } from '../../src/jobs/long-work.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { haveExports, readExport, readFates, readSummaries } from '../support/exports.ts'

const ANSWERS = { confirm: 'confirmed', decline: 'declined', silent: 'lapsed' } as const

test.skipIf(!haveExports)(
  'all seven rounds are matched one after the other: proven optimal, another country, never the same partner again, nobody left over',
  { timeout: 300_000 },
  async () => {
    const deps = await openTestDeps()
    const table: object[] = []
    for (const { round: code, participants, countries } of readSummaries()) {
      await confirmRound(deps, code)
      const { counts } = await getRound(deps, { code })
      expect(counts.confirmed, code).toBe(participants)
      const run = await matchRound(deps, code)
      table.push(figuresOf(run, countries))
      expect(run, code).toMatchObject({ people: participants, proven_optimal: true, objective: run.dual_value, gap: 0 })
      // No country had more than half, so somebody is left over only when the number is odd, and then a trio takes them.
      expect(run.unmatched, code).toEqual([])
      expect(run.greedy?.total_score, code).toBeLessThanOrEqual(run.total_score ?? 0)
      expect(await listFaults(deps, code), code).toEqual([])
      await approveRun(deps, { id: run.id, by: 'test' })
      // As when every introduction was accepted: from now on they are former partners.
      await sql`update partnerships set introduced_at = ${deps.clock.now()} where introduced_at is null`.execute(
        deps.db,
      )
    }
    console.table(table)
  },
)

async function confirmRound(deps: TestDeps, code: string): Promise<void> {
  await createRound(deps, { code, name: code })
  await importApplications(deps, { code, content: readExport(code) })
  const fates = new Map(readFates(code).map(([address, , fate]) => [address, fate]))
  for await (const page of eachParticipant(deps, { code })) {
    const answers = page.flatMap(({ person_id, address }) => {
      const answer = ANSWERS[fates.get(address ?? '') as keyof typeof ANSWERS]
      return answer ? [{ person_id, answer }] : []
    })
    await recordAnswers(deps, { code, answers })
  }
}

async function matchRound(deps: TestDeps, code: string): Promise<MatchingRun> {
  const { run_id, job_id } = await startMatchingRun(deps, { code, by: 'test' })
  const work = longWorkHandlers(deps, matchingWork(deps))
  await work['run-long-work']({ job_id }, new AbortController().signal)
  const run = await getMatchingRun(deps, { id: run_id })
  expect(run.error).toBeNull()
  return run
}

/** What a round beside greedy looks like, for whoever reads the tests. */
function figuresOf({ round, people, total_score, worst_score, cardinality, greedy }: MatchingRun, countries: number) {
  const percent = (score: number | null | undefined) => (score == null ? '' : `${(score / 100).toFixed(1)} %`)
  const more = ((total_score ?? 0) / (greedy?.total_score || 1) - 1) * 100
  return {
    round,
    people,
    countries,
    pairs: cardinality,
    worst: percent(worst_score),
    'greedy: left over': greedy?.unmatched,
    'greedy: worst': percent(greedy?.worst_score),
    'total over greedy': `${more.toFixed(2)} %`,
  }
}

/** Proposals that must not be: two of one country, or two who were partners before. */
async function listFaults(deps: TestDeps, code: string) {
  const { rows } = await sql`
    select one.person_id, other.person_id as with_id
    from matching_runs r join rounds on rounds.id = r.round_id
    join proposal_members one on one.run_id = r.id
    join proposal_members other on other.proposal_id = one.proposal_id and other.person_id > one.person_id
    join applications a on a.person_id = one.person_id and a.round_id = r.round_id
    join applications b on b.person_id = other.person_id and b.round_id = r.round_id
    where rounds.code = ${code} and (a.country_code = b.country_code or exists (
      select from partnership_members m join partnership_members n on n.partnership_id = m.partnership_id
      where m.person_id = one.person_id and n.person_id = other.person_id))`.execute(deps.db)
  return rows
}
