import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { getCampaign, listPreviewPeople, reviewAudience } from '../../features/campaigns/index.ts'
import { getMatchingRun, introduceRun, type MatchingRun } from '../../features/matching/index.ts'
import {
  ensureIntroductionDraft,
  findIntroduction,
  type Introduction,
  type IntroductionTrouble,
  listIntroductionTroubles,
} from '../../features/partnerships/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Memory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { gatherFacts, gatherPlan } from '../campaigns/facts.ts'
import { readWhen, type WhenFields } from '../campaigns/when.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { RunParams } from './list-query.ts'
import { presentIntroduced, presentIntroduction } from './present-introduce.ts'

const When = {
  when: Type.Optional(Type.String({ maxLength: 10 })),
  day: Type.Optional(Type.String({ maxLength: 20 })),
  time: Type.Optional(Type.String({ maxLength: 20 })),
}
const Preview = {
  as: Type.Optional(Type.String({ pattern: '^(sample|[1-9][0-9]{0,15})$' })),
  size: Type.Optional(Type.String({ maxLength: 10 })),
  scheme: Type.Optional(Type.String({ maxLength: 10 })),
}
const Query = Type.Object({ ...When, ...Preview, notice: Type.Optional(Type.String({ maxLength: 40 })) })
const Form = Type.Object({
  ...When,
  /** Partnerships and people, as the button said. */
  expected: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  people: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  said: Type.String({ maxLength: 40 }),
})
type Query = WhenFields & { as?: string | undefined; size?: string | undefined; scheme?: string | undefined }

const NOTICES: Record<string, string> = {
  approved: 'Approved. Nobody has been mailed: look at the introduction, then let it go.',
  'approved-before': 'It had been approved before. Nobody has been mailed by that.',
  prepared: 'The introduction is prepared: look at it, then let it go.',
}

/** /console/matching/:id/introduce: the email to all partners, who gets it, when, and the one button that sends it. */
export function addIntroducePages(app: TypedApp, deps: ConsoleDeps, memory: Memory): void {
  const { db, shell, clock } = deps

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      id,
      query,
      notice,
      faults = [],
      fresh = false,
    }: { id: number; query: Query; notice?: string | undefined; faults?: FieldFault[]; fresh?: boolean },
  ) {
    const run = await getMatchingRun({ db, memory }, { id })
    const introduction = run.approved_at ? await findIntroduction({ db }, { round_id: run.round_id }) : undefined
    const frame = { title: 'Introduce the partners', nav: 'matching', notice } as const
    const model = { ...headOf(run), faults, draft: null, done: null, no_draft: null }
    if (introduction?.scheduled) {
      const done = presentIntroduced(introduction, await readTroubles(run), zoneOf(request))
      return shell.show(reply, 'matching/introduce', frame, { ...model, done })
    }
    const campaign_id = introduction?.campaign_id ?? null
    if (!introduction || campaign_id === null) {
      const no_draft = introduction ? { partnerships: introduction.partnerships } : null
      return shell.show(reply, 'matching/introduce', frame, { ...model, no_draft })
    }
    const troubles = await readTroubles(run)
    const draft = await gatherDraft(request, { campaign_id, introduction, troubles, query, faults, fresh })
    if (draft.faults.length > faults.length && reply.statusCode === 200) reply.status(422)
    return shell.show(reply, 'matching/introduce', frame, { ...model, faults: draft.faults, draft: draft.view })
  }

  const readTroubles = ({ round_id }: MatchingRun) => listIntroductionTroubles(db, round_id)

  async function gatherDraft(
    request: FastifyRequest,
    given: {
      campaign_id: number
      introduction: Introduction
      troubles: IntroductionTrouble[]
      query: Query
      faults: FieldFault[]
      /** Right after a change of it, what was kept is not shown. */
      fresh: boolean
    },
  ) {
    const { campaign_id, introduction, troubles, query, fresh } = given
    const now = clock.now()
    const zone = zoneOf(request)
    const sees = mayDo(roleOf(request), 'people.read')
    const facts = await gatherFacts(deps, memory, { id: campaign_id, fresh })
    const when = readWhen(
      { ...query, when: query.when === 'at' || query.when === 'planned' ? query.when : 'now' },
      {
        planned_at: facts.campaign.planned_at,
        ...{ zone, now },
      },
    )
    const faults = [...given.faults, ...when.faults]
    const [plan, people] = await Promise.all([
      gatherPlan(deps, memory, facts, when).catch((error: unknown) => {
        if (!(error instanceof InvalidInput)) throw error
        faults.push({ field: 'day', message: 'This time is past, or more than a year away. Choose another one.' })
        return undefined
      }),
      sees ? listPreviewPeople(db, campaign_id) : [],
    ])
    const view = presentIntroduction(
      { facts, introduction, when, plan, people, troubles, query, faults },
      { reader: { name: request.caller?.name ?? '', zone, reads_people: sees }, now },
    )
    return { view, faults }
  }

  /** Whether the draft goes to another number of people than the button said. What is scheduled already is looked at there. */
  async function hasOtherPeople(id: number, people: number): Promise<boolean> {
    const { round_id } = await getMatchingRun({ db, memory }, { id })
    const introduction = await findIntroduction({ db }, { round_id })
    if (!introduction || introduction.scheduled || introduction.campaign_id === null) return false
    const campaign = await getCampaign({ db }, { id: introduction.campaign_id })
    const { recipients } = await reviewAudience(db, { ...campaign, round_id })
    return recipients !== people
  }

  app.route({
    method: 'GET',
    url: '/console/matching/:id/introduce',
    config: { allow: 'matching.write' },
    schema: { params: RunParams, querystring: Query },
    handler: async (request, reply) => {
      const { notice = '', ...query } = request.query
      return show(request, reply, { id: request.params.id, query, notice: NOTICES[notice], fresh: notice !== '' })
    },
  })

  // Without JavaScript: the same page for the time that was chosen.
  app.route({
    method: 'POST',
    url: '/console/matching/:id/introduce/times',
    config: { allow: 'matching.write', does: 'Look at when introductions would leave', audited: false },
    schema: { params: RunParams, body: Type.Object(When) },
    handler: async ({ params, body: { when = '', day = '', time = '' } }, reply) =>
      reply.redirect(`/console/matching/${params.id}/introduce?${new URLSearchParams({ when, day, time })}#when`, 303),
  })

  app.route({
    method: 'POST',
    url: '/console/matching/:id/introduce/draft',
    config: { allow: 'matching.write', does: 'Prepare the introduction email' },
    schema: { params: RunParams, body: Type.Optional(Type.Any()) },
    handler: async ({ params: { id }, caller }, reply) => {
      const { round_id, approved_at } = await getMatchingRun({ db, memory }, { id })
      if (!approved_at)
        throw new Conflict('not_approved', `Run ${id} is not approved yet, so there is nobody to introduce.`)
      await db.transaction().execute((tx) => ensureIntroductionDraft(tx, { round_id, by: caller?.name ?? null }))
      return reply.redirect(`/console/matching/${id}/introduce?notice=prepared`, 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/matching/:id/introduce',
    config: { allow: 'matching.write', does: 'Introduce the partners of a round' },
    schema: { params: RunParams, body: Form },
    handler: async (request, reply) => {
      const { id } = request.params
      const { expected, people, said, ...query } = request.body
      const again = (status: number, faults: FieldFault[]) =>
        show(request, reply.status(status), { id, query, faults, fresh: true })
      const when = readWhen(query, { planned_at: null, zone: zoneOf(request), now: clock.now() })
      if (!when.schedule) return again(422, [])
      // The time may have been changed after the button was made.
      if (said !== when.said) return again(409, [atButton('You chose another time. Look at what the button says now.')])
      if (await hasOtherPeople(id, people))
        return again(409, [atButton('It would go to other people by now. Look at what the button says.')])
      try {
        const { at, hold_seconds } = when.schedule
        const by = request.caller?.name ?? ''
        const found = await introduceRun(deps, { id, at, hold_seconds, expected_partnerships: expected, by })
        const notice = found.already ? 'already' : 'scheduled'
        return reply.redirect(`/console/campaigns/${found.campaign_id}/report?notice=${notice}`, 303)
      } catch (error) {
        if (error instanceof Conflict) return again(409, [atButton(error.message)])
        if (!(error instanceof InvalidInput)) throw error
        return again(
          422,
          error.faults.map(({ message }) => ({ field: 'checks', message })),
        )
      }
    },
  })
}

const headOf = ({ id, round, approved_at }: MatchingRun) => ({
  id,
  own: `/console/matching/${id}`,
  round,
  approved: approved_at !== null,
})

const atButton = (message: string): FieldFault => ({ field: 'introduce', message })
