import { Type } from '@fastify/type-provider-typebox'
import type { Db } from '../platform/db/open.ts'
import type { TypedApp } from '../platform/http/typed-app.ts'
import { getJob, listJobs, requestCancel } from './long-work.ts'
import { JOB_STATES, type JobState } from './long-work-queries.ts'

const JobId = Type.Object({ id: Type.Integer({ minimum: 1 }) })

const JobList = Type.Object(
  {
    state: Type.Optional(Type.Unsafe<JobState>(Type.Union(JOB_STATES.map((state) => Type.Literal(state))))),
    after: Type.Optional(Type.Integer({ minimum: 1, description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  { additionalProperties: false },
)

const Job = Type.Object({
  id: Type.Integer(),
  kind: Type.String(),
  state: Type.String({ description: 'waiting, running, done, failed or cancelled' }),
  done: Type.Integer(),
  total: Type.Integer(),
  result: Type.Unknown(),
  error: Type.Union([Type.String(), Type.Null()]),
})

/** GET /jobs, GET /jobs/:id and POST /jobs/:id/cancel. */
export function addJobRoutes(app: TypedApp, deps: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/jobs',
    config: { allow: 'jobs.read' },
    schema: {
      tags: ['jobs'],
      summary: 'Long work, the newest first',
      querystring: JobList,
      response: {
        200: Type.Object({
          items: Type.Array(Type.Omit(Job, ['result'])),
          next: Type.Union([Type.Null(), Type.Integer()]),
        }),
      },
    },
    handler: async ({ query }) => {
      const { items, next } = await listJobs(deps, { state: query.state, before: query.after, limit: query.limit })
      return { items: items.map((job) => presentJob(job)), next }
    },
  })
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

type JobField = 'id' | 'kind' | 'state' | 'done' | 'total' | 'error'
type JobRow = Awaited<ReturnType<typeof getJob>>

function presentJob({ id, kind, state, done, total, result, error }: Pick<JobRow, JobField> & { result?: unknown }) {
  return { id, kind, state, done, total, result, error }
}
