import { Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { getKeptImport } from '../../features/imports/index.ts'
import { getJob, listJobs, requestCancel } from '../../jobs/long-work.ts'
import { JOB_STATES, type JobState } from '../../jobs/long-work-queries.ts'
import { NotFound } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentZone } from '../present/time.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import { settingsTabs } from '../settings/tabs.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentJob } from './present.ts'

const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const List = Type.Object({
  state: Type.Optional(Type.String()),
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
})

/** /console/jobs and /console/jobs/:id: long work, how far it is and what came of it. */
export function addJobPages(app: TypedApp, deps: ConsoleDeps): void {
  const { shell, clock } = deps
  const present = (request: FastifyRequest, job: Parameters<typeof presentJob>[0]) =>
    presentJob(job, {
      now: clock.now(),
      zone: zoneOf(request),
      cancels: mayDo(roleOf(request), 'imports.write'),
    })

  app.route({
    method: 'GET',
    url: '/console/jobs',
    config: { allow: 'jobs.read' },
    schema: { querystring: List },
    handler: async (request, reply) => {
      const { before } = request.query
      const state = JOB_STATES.find((known) => known === request.query.state)
      const { items, next } = await listJobs(deps, { state, before })
      const model = {
        tabs: settingsTabs(roleOf(request), 'jobs'),
        jobs: items.map((job) => present(request, job)),
        states: JOB_STATES.map((value) => ({ value, current: value === state })),
        filtered: state !== undefined,
        zone: presentZone(zoneOf(request), clock.now()),
        pager: {
          next: next === null ? '' : hrefOf({ state, before: next }),
          first: before === undefined ? '' : hrefOf({ state }),
        },
      }
      return shell.show(reply, 'jobs/list', { title: 'Jobs', nav: 'settings' }, model)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/jobs/:id',
    config: { allow: 'jobs.read' },
    schema: { params: Id },
    handler: async (request, reply) => {
      const row = await getJob(deps, request.params)
      const job = present(request, row)
      const about = await findSubject(deps, row)
      const model = { job, about, zone: presentZone(zoneOf(request), clock.now()) }
      return shell.show(reply, 'jobs/job', { title: job.title, nav: 'settings' }, model)
    },
  })

  app.route({
    method: 'GET',
    url: '/console/jobs/:id/progress',
    config: { allow: 'jobs.read' },
    schema: { params: Id },
    handler: async (request, reply) =>
      shell.showPart(reply, 'jobs/_polled', { job: present(request, await getJob(deps, request.params)) }),
  })

  app.route({
    method: 'POST',
    url: '/console/jobs/:id/cancel',
    config: { allow: 'imports.write', does: 'Cancel long work' },
    schema: { params: Id },
    handler: async ({ params }, reply) => {
      await requestCancel(deps, params)
      return reply.redirect(`/console/jobs/${params.id}`, 303)
    },
  })
}

/** The page of what the work is for; undefined when it has none, or it is gone. */
async function findSubject({ db }: ConsoleDeps, { kind, input }: { kind: string; input: unknown }) {
  const { import_id, run_id, campaign_id } = (input ?? {}) as Record<string, unknown>
  if (kind === 'mailchimp-sync') return { href: '/console/settings/mailchimp', text: 'How the two sides stand' }
  if (kind.startsWith('mailchimp-') && typeof campaign_id === 'number')
    return { href: `/console/campaigns/${campaign_id}/report`, text: `Campaign ${campaign_id}, and how it stands` }
  if (kind === 'matching' && typeof run_id === 'number')
    return { href: `/console/matching/${run_id}`, text: `Matching run ${run_id}, with what it found` }
  if (kind !== 'import' || typeof import_id !== 'number') return null
  try {
    const { round_code, file_name } = await getKeptImport({ db }, { id: import_id })
    const text = `The import of ${file_name ?? 'an upload'} into round ${round_code}`
    return { href: `/console/rounds/${round_code}/imports/${import_id}`, text }
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}

function hrefOf({ state, before }: { state: JobState | undefined; before?: number }): string {
  const query = new URLSearchParams()
  if (state) query.set('state', state)
  if (before) query.set('before', String(before))
  return query.size === 0 ? '/console/jobs' : `/console/jobs?${query}`
}
