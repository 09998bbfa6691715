import { Type } from '@fastify/type-provider-typebox'
import type { Db } from '../platform/db/open.ts'
import type { TypedApp } from '../platform/http/typed-app.ts'
import { getJob, requestCancel } from './long-work.ts'

const JobId = Type.Object({ id: Type.Integer({ minimum: 1 }) })

const Job = Type.Object({
  id: Type.Integer(),
  kind: Type.String(),
  state: Type.String({ description: 'waiting, running, done, failed or cancelled' }),
  done: Type.Integer(),
  total: Type.Integer(),
  result: Type.Unknown(),
  error: Type.Union([Type.String(), Type.Null()]),
})

/** GET /jobs/:id and POST /jobs/:id/cancel. */
export function addJobRoutes(app: TypedApp, deps: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/jobs/:id',
    config: { allow: 'jobs.read' },
    schema: { tags: ['jobs'], summary: 'How far long work is', params: JobId, response: { 200: Job } },
    handler: async ({ params }) => presentJob(await getJob(deps, params)),
  })
  app.route({
    method: 'POST',
    url: '/jobs/:id/cancel',
    config: { allow: 'imports.write' },
    schema: { tags: ['jobs'], summary: 'Stop long work', params: JobId, response: { 200: Job } },
    handler: async ({ params }) => presentJob(await requestCancel(deps, params)),
  })
}

/** The answer of a call that started long work. */
export function presentJobLink(id: number): { id: number; url: string } {
  return { id, url: `/api/v1/jobs/${id}` }
}

function presentJob({ id, kind, state, done, total, result, error }: Awaited<ReturnType<typeof getJob>>) {
  return { id, kind, state, done, total, result, error }
}
