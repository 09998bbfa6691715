import { type Static, Type } from '@fastify/type-provider-typebox'
import { cancelCampaign } from '../../features/campaigns/index.ts'
import {
  ensureConfirmationDraft,
  remindSilent,
  requestConfirmations,
  summariseConfirmations,
} from '../../features/confirmations/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { readWhen } from '../campaigns/when.ts'
import { zoneOf } from '../settings/caller.ts'
import { Code, type ConfirmationPages, showConfirmations } from './overview.ts'

/** "Now" leaves after this, so that it can be taken back. */
const HOLD_SECONDS = 120
const MOST_REMINDERS = 10
const LONGEST_DAYS = 120

const Expected = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const AskForm = Type.Object({
  /** How many the button named. */
  expected: Expected,
  when: Type.String({ maxLength: 10, default: 'now' }),
  day: Type.String({ maxLength: 40, default: '' }),
  time: Type.String({ maxLength: 40, default: '' }),
  remind_after_days: Type.String({ maxLength: 200, default: '' }),
})

/** Asking to confirm, and reminding who is silent: both end at the report, where they can be cancelled for two minutes. */
export function addAskActions(app: TypedApp, deps: ConfirmationPages): void {
  const reportOf = ({ campaign_id, already }: { campaign_id: number; already: boolean }) =>
    `/console/campaigns/${campaign_id}/report?notice=${already ? 'already' : 'scheduled'}`

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/confirmations/text',
    config: { allow: 'confirmations.write', does: 'Prepare the request to confirm' },
    schema: { params: Code },
    handler: async ({ params, caller }, reply) => {
      const id = await ensureConfirmationDraft(deps, { ...params, by: caller?.name ?? null })
      return reply.redirect(`/console/campaigns/${id}`, 303)
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/confirmations/ask',
    config: { allow: 'confirmations.write', does: 'Ask applicants to confirm' },
    schema: { params: Code, body: AskForm },
    handler: async (request, reply) => {
      const { params, body, caller } = request
      try {
        const asked = await requestConfirmations(deps, {
          ...{ code: params.code, expected_recipients: body.expected, by: caller?.name ?? null },
          ...readAsk(body, { zone: zoneOf(request), now: deps.clock.now() }),
        })
        return reply.redirect(reportOf(asked), 303)
      } catch (error) {
        const faults = faultsOf(error)
        if (!faults) throw error
        reply.status(error instanceof Conflict ? 409 : 422)
        return showConfirmations(deps, request, reply, { code: params.code, typed: body, faults })
      }
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/confirmations/remind',
    config: { allow: 'confirmations.write', does: 'Remind who has not confirmed' },
    schema: { params: Code, body: Type.Object({ expected: Expected }) },
    handler: async (request, reply) => {
      const { params, body, caller } = request
      try {
        const { silent } = (await summariseConfirmations(deps.db, params)).counts
        if (silent !== body.expected)
          throw new Conflict('others_silent', 'Others are silent by now. Look at what the button says, then press it.')
        const reminded = await remindSilent(deps, {
          ...{ code: params.code, at: 'now', hold_seconds: HOLD_SECONDS, by: caller?.name ?? null },
        })
        return reply.redirect(reportOf(reminded), 303)
      } catch (error) {
        const faults = faultsOf(error)
        if (!faults) throw error
        reply.status(error instanceof Conflict ? 409 : 422)
        return showConfirmations(deps, request, reply, { code: params.code, faults })
      }
    },
  })

  app.route({
    method: 'POST',
    url: '/console/rounds/:code/confirmations/reminders/:id/cancel',
    config: { allow: 'confirmations.write', does: 'Take out a reminder that leaves by itself' },
    schema: {
      params: Type.Object({ ...Code.properties, id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
    },
    handler: async ({ params: { code, id } }, reply) => {
      const { reminders } = await summariseConfirmations(deps.db, { code })
      const reminder = reminders.find(({ campaign_id, state }) => campaign_id === id && state === 'draft')
      // One that has left meanwhile is cancelled on its own page.
      if (reminder) await cancelCampaign(deps, id)
      const notice = reminder ? 'taken-out' : 'unchanged'
      return reply.redirect(`/console/rounds/${encodeURIComponent(code)}/confirmations?notice=${notice}`, 303)
    },
  })
}

/** @throws InvalidInput for days or a time that cannot be read */
function readAsk(body: Static<typeof AskForm>, clocks: { zone: string; now: Date }) {
  const days = readDays(body.remind_after_days)
  if (body.when !== 'at') return { at: 'now', hold_seconds: HOLD_SECONDS, remind_after_days: days }
  const { schedule, faults } = readWhen({ ...body, when: 'at' }, { ...clocks, planned_at: null })
  if (!schedule) throw new InvalidInput(faults)
  return { at: schedule.at, remind_after_days: days }
}

/** @throws InvalidInput */
function readDays(text: string): number[] {
  const words = text.split(/[\s,;]+/).filter(Boolean)
  const days = words.map(Number)
  const isDay = (day: number) => Number.isInteger(day) && day >= 1 && day <= LONGEST_DAYS
  if (days.every(isDay) && days.length <= MOST_REMINDERS) return days
  const message = `Write days from 1 to ${LONGEST_DAYS}, such as 7, 12; at most ${MOST_REMINDERS} of them.`
  throw new InvalidInput([{ field: 'remind_after_days', message }])
}

/** At the fields of the page; undefined for what is no fault of the form. */
function faultsOf(error: unknown): FieldFault[] | undefined {
  if (error instanceof Conflict) return [{ field: '', message: error.message }]
  if (!(error instanceof InvalidInput)) return undefined
  return error.faults.map(({ field, message }) => {
    if (field.startsWith('remind_after_days')) return { field: 'remind_after_days', message }
    if (field === 'at') return { field: 'day', message: 'This time is past, or after the last day to confirm.' }
    if (field === 'day' || field === 'time') return { field, message }
    return { field: '', message }
  })
}
