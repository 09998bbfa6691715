import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { approveCampaign, scheduleCampaign } from '../../features/campaigns/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { gatherFacts, gatherPlan } from './facts.ts'
import { presentPlan } from './present-plan.ts'
import { presentReview, type Reader, shownFindings } from './present-review.ts'
import { readWhen, type WhenFields } from './when.ts'

const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const WhenQuery = Type.Object({
  when: Type.Optional(Type.String({ maxLength: 20 })),
  day: Type.Optional(Type.String({ maxLength: 40 })),
  time: Type.Optional(Type.String({ maxLength: 40 })),
})
const ReviewQuery = Type.Object({ ...WhenQuery.properties, notice: Type.Optional(Type.String()) })
const ScheduleForm = Type.Object({
  ...WhenQuery.properties,
  expected: Type.Integer({ minimum: 0 }),
  version: Type.Integer({ minimum: 1 }),
  said: Type.String({ maxLength: 60 }),
})

const NOTICES: Record<string, string> = {
  read: 'Noted: you have read it.',
  audience: 'Saved: who gets it has changed.',
  copied: 'This is a copy. Nothing of it leaves until you schedule it.',
}

/** The last look before a campaign is scheduled, and the button. */
export function addReviewPages(app: TypedApp, deps: ConsoleDeps, memory: Memory): void {
  const own = (id: number) => `/console/campaigns/${id}`

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    input: { id: number; fields: WhenFields; fresh?: boolean; faults?: FieldFault[]; notice?: string | undefined },
  ) {
    const reader = readerOf(request)
    const now = deps.clock.now()
    const facts = await gatherFacts(deps, memory, input)
    // The button of a page that was left open, or "back" after it was pressed.
    if (facts.campaign.state !== 'draft') return reply.redirect(`${own(input.id)}/report?notice=already`, 303)
    const when = readWhen(input.fields, { ...facts.campaign, zone: reader.zone, now })
    const { plan, faults } = await planOrFaults(() => gatherPlan(deps, memory, facts, when))
    const presented = presentPlan(
      { ...facts.campaign, audience: facts.audience, when, plan },
      { zone: reader.zone, now },
    )
    const all = [...(input.faults ?? []), ...when.faults, ...faults]
    if (faults.length > 0 && reply.statusCode === 200) reply.status(422)
    const model = presentReview(facts, { when, plan: presented, reader, faults: unique(all), now })
    const title = `Review: ${model.subject}`
    return deps.shell.show(reply, 'campaigns/review', { title, nav: 'campaigns', notice: input.notice }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/review',
    config: { allow: 'campaigns.write' },
    schema: { params: Id, querystring: ReviewQuery },
    handler: async (request, reply) => {
      const { notice = '', ...fields } = request.query
      // Right after a change of it, what was kept is not shown.
      const fresh = notice !== ''
      return show(request, reply, { id: request.params.id, fields, fresh, notice: NOTICES[notice] })
    },
  })

  app.route({
    method: 'GET',
    url: '/console/campaigns/:id/review/plan',
    config: { allow: 'campaigns.write' },
    schema: { params: Id, querystring: WhenQuery },
    handler: async (request, reply) => {
      const { id } = request.params
      const { zone } = readerOf(request)
      const now = deps.clock.now()
      const facts = await gatherFacts(deps, memory, { id })
      const when = readWhen(request.query, { ...facts.campaign, zone, now })
      // What is wrong with a time is said when the button is pressed: somebody may still be typing it.
      const { plan } = await planOrFaults(() => gatherPlan(deps, memory, facts, when))
      const model = presentPlan({ ...facts.campaign, audience: facts.audience, when, plan }, { zone, now })
      return deps.shell.showPart(reply, 'campaigns/_plan', model)
    },
  })

  // Without JavaScript: the same page for the times that were chosen.
  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/review/times',
    config: { allow: 'campaigns.write', audited: false },
    schema: { params: Id, body: WhenQuery },
    handler: async ({ params, body: { when = '', day = '', time = '' } }, reply) =>
      reply.redirect(`${own(params.id)}/review?${new URLSearchParams({ when, day, time })}#when`, 303),
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/schedule',
    config: { allow: 'campaigns.write', does: 'Schedule a campaign' },
    schema: { params: Id, body: ScheduleForm },
    handler: async (request, reply) => {
      const { id } = request.params
      const { expected, version, said, ...fields } = request.body
      const again = (status: number, faults: FieldFault[]) =>
        show(request, reply.status(status), { id, fields, fresh: true, faults })
      const { campaign } = await gatherFacts(deps, memory, { id })
      const { zone } = readerOf(request)
      const when = readWhen(fields, { ...campaign, zone, now: deps.clock.now() })
      if (campaign.state === 'draft') {
        if (!when.schedule) return again(422, [])
        if (when.said !== said)
          return again(409, [atButton('You chose another time. Look at what the button says now.')])
      }
      try {
        const schedule = when.schedule ?? { at: 'now' }
        await scheduleCampaign(deps, id, { ...schedule, expected_recipients: expected, expected_version: version })
      } catch (error) {
        if (error instanceof Conflict && error.code === 'not_a_draft') {
          return reply.redirect(`${own(id)}/report?notice=already`, 303)
        }
        if (error instanceof Conflict) return again(409, [atButton(error.message)])
        if (error instanceof InvalidInput) return again(422, await faultsOf(error, id))
        throw error
      }
      return reply.redirect(`${own(id)}/report?notice=scheduled`, 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/campaigns/:id/approve',
    config: { allow: 'campaigns.write', does: "Give a second person's word" },
    schema: { params: Id, body: Type.Object({ version: Type.Integer({ minimum: 1 }) }) },
    handler: async ({ params: { id }, body: { version }, caller }, reply) => {
      await approveCampaign(deps, {
        ...{ id, version, caller: caller?.name ?? '' },
        staff_id: caller?.staff?.id ?? null,
      })
      return reply.redirect(`${own(id)}/review?notice=read`, 303)
    },
  })

  /** Each problem leads to its place in the list of checks. */
  async function faultsOf(error: InvalidInput, id: number): Promise<FieldFault[]> {
    if (error.code !== 'campaign_has_problems') return timeFaults(error)
    const facts = await gatherFacts(deps, memory, { id, fresh: true })
    const problems = shownFindings(facts).filter(({ level }) => level === 'problem')
    if (problems.length === 0) return error.faults.map(({ message }) => atButton(message))
    return problems.map(({ id: field, message }) => ({ field, message }))
  }
}

function readerOf({ caller }: FastifyRequest): Reader {
  return {
    name: caller?.name ?? '',
    zone: caller?.staff?.time_zone ?? 'UTC',
    reads_people: caller !== undefined && mayDo(caller.role, 'people.read'),
  }
}

async function planOrFaults<Plan>(
  read: () => Promise<Plan>,
): Promise<{ plan: Plan | undefined; faults: FieldFault[] }> {
  try {
    return { plan: await read(), faults: [] }
  } catch (error) {
    if (error instanceof InvalidInput) return { plan: undefined, faults: timeFaults(error) }
    throw error
  }
}

/** What is wrong with the time, at the field in which it was typed. */
function timeFaults(error: InvalidInput): FieldFault[] {
  return error.faults.map(({ message }) => ({
    field: 'day',
    message: message.includes('past') ? 'This time is past. Choose a later one.' : 'This is more than a year away.',
  }))
}

const atButton = (message: string): FieldFault => ({ field: 'schedule', message })
const unique = (faults: FieldFault[]) =>
  faults.filter((fault, at) => faults.findIndex(({ message }) => message === fault.message) === at)
