import type { Deps } from '../../src/deps.ts'
import {
  approveRun,
  breakProposal,
  decideAboutPair,
  listProposals,
  lockPair,
  matchingWork,
  startMatchingRun,
} from '../../src/features/matching/index.ts'
import { longWorkHandlers } from '../../src/jobs/long-work.ts'

const CODE = '2016A'
const BY = 'staff 1'

/** Runs of the stage by what is shown with them. */
export interface FullMatching {
  /** Ended and not approved, with a pair kept together, two parted by hand, and people left over. */
  run: number
  proposal: number
  /** Somebody with a partner in it, and somebody left over. */
  paired: number
  alone: number
  failed: number
  running: number
  approved: number
}

/** Starts a run and works until it has ended, as a worker would. Returns its id. */
export async function matchRound(deps: Deps, code = CODE): Promise<number> {
  const { run_id, job_id } = await startMatchingRun(deps, { code, by: BY })
  const handlers = longWorkHandlers(deps, matchingWork(deps))
  await handlers['run-long-work']({ job_id }, new AbortController().signal)
  return run_id
}

/** @param taken people who have a partner already */
export async function fillMatching(deps: Deps, taken: readonly number[]): Promise<FullMatching> {
  const { db } = deps
  const end = (job_id: number, change: object) => db.updateTable('jobs').set(change).where('id', '=', job_id).execute()

  const approved = await matchRound(deps)
  const { items: all } = await listProposals(deps, { id: approved, limit: 1000 })
  for (const { id, members } of all)
    if (members.some(({ person_id }) => taken.includes(person_id)))
      await breakProposal(deps, { id: approved, proposal_id: id, by: BY })
  await approveRun(deps, { id: approved, accept_changed: true, by: BY })

  const run = await matchRound(deps)
  const { items } = await listProposals(deps, { id: run })
  const [lowest, kept, ...others] = items
  await lockPair(deps, { proposal_id: kept?.id ?? 0, note: 'كتبا أنهما يعرفان بعضهما', by: BY })
  for (const { id } of others.slice(0, 2)) await breakProposal(deps, { id: run, proposal_id: id, by: BY })
  const apart = others.slice(2, 4).map(({ members }) => members[0]?.person_id ?? 0) as [number, number]
  await decideAboutPair(deps, { code: CODE, kind: 'ban', person_ids: apart, note: 'They work together', by: BY })

  const lost = await startMatchingRun(deps, { code: CODE, by: BY })
  await end(lost.job_id, { state: 'failed', error: 'The worker was lost.', finished_at: new Date() })
  const going = await startMatchingRun(deps, { code: CODE, by: BY })
  await end(going.job_id, { state: 'running', done: 34, total: 100, attempts: 1, started_at: new Date() })
  return {
    ...{ run, approved, failed: lost.run_id, running: going.run_id },
    ...{ proposal: lowest?.id ?? 0, paired: lowest?.members[0]?.person_id ?? 0 },
    alone: others[0]?.members[0]?.person_id ?? 0,
  }
}
