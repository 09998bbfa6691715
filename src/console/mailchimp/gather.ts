import type { FastifyRequest } from 'fastify'
import { type Connection, listClashes, measureDrift } from '../../features/mailchimp/index.ts'
import { getJob, listJobs } from '../../jobs/long-work.ts'
import { mayDo } from '../../lib/permissions.ts'
import { presentJob } from '../jobs/present.ts'
import { presentTime } from '../present/time.ts'
import { roleOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import type { Standing } from './present-overview.ts'
import { presentSync, type SyncView } from './present-sync.ts'
import { readerOf } from './show.ts'
import { stageOf } from './stage.ts'

const SYNC = 'mailchimp-sync'
const KINDS = [SYNC, 'mailchimp-hand-over', 'mailchimp-take-back']
const SHOWN = 10
const CLASHES = 50

type Job = Awaited<ReturnType<typeof getJob>>

/** The sync that goes on, or what came of the last one. */
export async function gatherSync(
  deps: ConsoleDeps,
  request: FastifyRequest,
  connection: Connection | undefined,
): Promise<SyncView> {
  const { writes, zone } = readerOf(deps, request)
  const { items } = await listJobs(deps, { kinds: [SYNC], limit: 1 })
  const job = items[0] && (await getJob(deps, items[0]))
  const goesOn = job && ['waiting', 'running'].includes(job.state)
  const view = job && presentOf(deps, request, job)
  const checks = (job?.input as { dry_run?: unknown } | undefined)?.dry_run === true
  return presentSync({
    running: view && goesOn ? { view, checks } : undefined,
    last:
      view && !goesOn ? { view, checked: checks, at: presentTime(job.finished_at ?? job.created_at, zone) } : undefined,
    stage: connection ? stageOf(connection) : 'unread',
    in_trouble: connection?.trouble_words != null,
    writes: writes && deps.mailchimp !== undefined,
  })
}

/** Of the last clashes, how many nobody has looked at: such as "3", or "50 or more". */
export async function countOpenClashes(deps: Pick<ConsoleDeps, 'db'>): Promise<{ count: number; more: boolean }> {
  const { items, next } = await listClashes(deps, { limit: CLASHES })
  const count = items.filter(({ seen_at }) => seen_at === null).length
  return { count, more: count === CLASHES && next !== null }
}

/** The last syncs and hand-overs, with what came of each. */
export async function gatherWork(deps: ConsoleDeps, request: FastifyRequest) {
  const { items } = await listJobs(deps, { kinds: KINDS, limit: SHOWN })
  const jobs = await Promise.all(items.map((item) => getJob(deps, item)))
  return jobs.map((job) => {
    const { id, href, noun, state, tone, created, results, error, figure } = presentOf(deps, request, job)
    return { id, href, noun, badge: { tone, text: state }, at: created, words: error || results.join(' ') || figure }
  })
}

function presentOf(deps: ConsoleDeps, request: FastifyRequest, job: Job) {
  const { zone, now } = readerOf(deps, request)
  return presentJob(job, { now, zone, cancels: mayDo(roleOf(request), 'imports.write') })
}

/** How far the two sides agree. */
export async function readStanding(deps: ConsoleDeps): Promise<Standing> {
  const { in_step, drift, for_person, others_there } = await measureDrift(deps, { limit: 1 })
  return { in_step, drift, for_person, others_there }
}
