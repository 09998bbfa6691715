import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FieldFault } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { Figures } from '../campaigns/figures.ts'
import { readWhen } from '../campaigns/when.ts'
import { roundTabs } from '../rounds/tabs.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { gatherConfirmations } from './gather.ts'
import { type AskTyped, presentConfirmations } from './present.ts'

export const Code = Type.Object({ code: Type.String({ maxLength: 32 }) })

/** Reminders come so many days after the request, unless somebody says otherwise. */
const USUAL_DAYS = [7, 12]
const DAY_MS = 86_400_000

const NOTICES: Record<string, string> = {
  'taken-out': 'The reminder is taken out: it does not leave.',
  unchanged: 'Nothing was changed: it had left, or was taken out, before.',
}

/** What these pages stand on: what is being sent is counted once a second at most. */
export type ConfirmationPages = ConsoleDeps & { figures: Figures }

/** GET /console/rounds/:code/confirmations. */
export function addConfirmationOverview(app: TypedApp, deps: ConfirmationPages): void {
  app.route({
    method: 'GET',
    url: '/console/rounds/:code/confirmations',
    config: { allow: 'rounds.read' },
    schema: { params: Code, querystring: Type.Object({ notice: Type.Optional(Type.String({ maxLength: 20 })) }) },
    handler: async (request, reply) =>
      showConfirmations(deps, request, reply, {
        code: request.params.code,
        notice: NOTICES[request.query.notice ?? ''],
      }),
  })
}

/** The page, with what was typed into it and what stands against that. */
export async function showConfirmations(
  deps: ConfirmationPages,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: { code: string; typed?: AskTyped; faults?: FieldFault[]; notice?: string | undefined },
): Promise<FastifyReply> {
  const { faults = [], notice } = shown
  const role = roleOf(request)
  const zone = zoneOf(request)
  const now = deps.clock.now()
  const facts = await gatherConfirmations(deps, deps.figures, shown)
  const { day, time } = readWhen({}, { planned_at: null, zone, now })
  const typed = shown.typed ?? { when: 'now', day, time, remind_after_days: usualDays(facts.summary.deadline, now) }
  const reader = {
    ...{ zone, now },
    writes: mayDo(role, 'confirmations.write'),
    writes_campaigns: mayDo(role, 'campaigns.write'),
    sees_people: mayDo(role, 'people.read'),
  }
  const model = {
    ...presentConfirmations(facts, { typed, faults, reader }),
    tabs: roundTabs(role, facts.round.code, '/confirmations'),
    may_edit_round: mayDo(role, 'rounds.write'),
    faults,
  }
  return deps.shell.show(reply, 'confirmations/overview', { title: 'Confirmations', nav: 'rounds', notice }, model)
}

/** As many of the usual days as there are before the deadline. */
function usualDays(deadline: Date | null, now: Date): string {
  const isInTime = (days: number) => deadline === null || now.getTime() + (days + 1) * DAY_MS < deadline.getTime()
  return USUAL_DAYS.filter(isInTime).join(', ')
}
