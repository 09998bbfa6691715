import { Type } from '@fastify/type-provider-typebox'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { remindSilent } from './remind.ts'
import { type RequestDeps, requestConfirmations } from './request.ts'
import { ensureConfirmationDraft } from './request-draft.ts'
import { ANSWERS, type Answer, recordAnswers } from './staff.ts'
import { listConfirmationPeople, summariseConfirmations } from './summary.ts'
import { GROUPS, type Group } from './summary-queries.ts'

const MOST_ANSWERS = 5000
const MOST_REMINDERS = 10
const LONGEST_DAYS = 120
const closed = { additionalProperties: false } as const

const RoundCode = Type.Object({ code: Type.String({ maxLength: 32 }) })
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

const Answers = Type.Object(
  {
    answers: Type.Array(
      Type.Object(
        { person_id: Id, answer: Type.Unsafe<Answer>(Type.Union(ANSWERS.map((answer) => Type.Literal(answer)))) },
        closed,
      ),
      { minItems: 1, maxItems: MOST_ANSWERS },
    ),
  },
  closed,
)

const when = {
  at: Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'An instant with its zone, or "now"',
      examples: ['2016-02-01T09:00:00Z', 'now'],
    }),
  ),
  hold_seconds: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 86_400, description: 'Nothing leaves for so long (0)' }),
  ),
  expected_recipients: Type.Optional(
    Type.Integer({ minimum: 0, description: 'As told before; when there are others now, 409' }),
  ),
}

const Asking = Type.Object(
  {
    remind_after_days: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: LONGEST_DAYS }), {
        maxItems: MOST_REMINDERS,
        description: 'Days after the request, at its hour; 7 and 12 as far as the last day allows, none for []',
      }),
    ),
    ...when,
  },
  closed,
)

/** Asking to confirm, what was answered, and what was said elsewhere as staff record it. */
export function addConfirmationRoutes(app: TypedApp, deps: RequestDeps): void {
  const tags = ['Confirmations']

  app.route({
    method: 'POST',
    url: '/rounds/:code/confirmations',
    config: { allow: 'confirmations.write' },
    schema: {
      tags,
      summary: 'Ask those to confirm who were not asked yet, and plan the reminders',
      params: RoundCode,
      body: Type.Union([Type.Null(), Asking]),
    },
    handler: ({ params, body, caller }) => requestConfirmations(deps, { ...params, ...body, by: caller?.name ?? null }),
  })

  app.route({
    method: 'GET',
    url: '/rounds/:code/confirmations',
    config: { allow: 'rounds.read' },
    schema: { tags, summary: 'Who was asked, who answered what, reminders and the last day', params: RoundCode },
    handler: ({ params }) => summariseConfirmations(deps.db, params),
  })

  app.route({
    method: 'GET',
    url: '/rounds/:code/confirmations/people',
    config: { allow: 'people.read', does: 'List the people of a confirmation', audited: true },
    schema: {
      tags,
      summary: 'The people behind a figure, by id',
      params: RoundCode,
      querystring: Type.Object(
        {
          group: Type.Unsafe<Group>(Type.Union(GROUPS.map((group) => Type.Literal(group)))),
          after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
          limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
        },
        closed,
      ),
    },
    handler: ({ params, query }) => listConfirmationPeople(deps.db, { ...params, ...query }),
  })

  app.route({
    method: 'POST',
    url: '/rounds/:code/confirmations/draft',
    config: { allow: 'confirmations.write' },
    schema: {
      tags,
      summary: 'The draft of the request, made when there is none, so that its text can be changed first',
      params: RoundCode,
    },
    handler: async ({ params, caller }) => {
      const id = await ensureConfirmationDraft(deps, { ...params, by: caller?.name ?? null })
      return { campaign: { id, url: `/api/v1/campaigns/${id}` } }
    },
  })

  app.route({
    method: 'POST',
    url: '/rounds/:code/confirmations/remind',
    config: { allow: 'confirmations.write' },
    schema: {
      tags,
      summary: 'Remind those who were asked and are silent',
      params: RoundCode,
      body: Type.Union([Type.Null(), Type.Object(when, closed)]),
    },
    handler: ({ params, body, caller }) => remindSilent(deps, { ...params, ...body, by: caller?.name ?? null }),
  })

  app.route({
    method: 'POST',
    url: '/rounds/:code/answers',
    bodyLimit: 512 * 1024,
    config: { allow: 'people.write' },
    schema: {
      tags: ['people'],
      summary: 'Record who confirmed, declined or let it lapse: all of it, or nothing and every fault named',
      params: RoundCode,
      body: Answers,
      response: { 200: Type.Object({ changed: Type.Integer(), unchanged: Type.Integer() }) },
    },
    handler: async ({ params, body, caller }) =>
      recordAnswers(deps, { code: params.code, answers: body.answers, by: caller?.name ?? null }),
  })
}
