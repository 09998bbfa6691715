import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { changeRetention, getRetention } from '../../features/privacy/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import { settingsTabs } from '../settings/tabs.ts'
import type { ConsoleDeps } from '../shell.ts'
import { presentRetention } from './present-retention.ts'

const HOME = '/console/settings/retention'

const Form = Type.Object({
  months: Type.String({ default: '', maxLength: 20 }),
  confirm: Type.String({ default: '', maxLength: 10 }),
})
/** Empty: the programme's own setting. */
const RoundForm = Type.Object({ ...Form.properties, round: Type.String({ maxLength: 32 }) })
type Typed = Static<typeof Form> & { round?: string }

const NOTICES: Record<string, string> = { saved: 'Saved. What is due is made anonymous within the hour.' }

/** /console/settings/retention: how long rounds are kept, what is due next, and what was done. */
export function addRetentionPage(app: TypedApp, deps: ConsoleDeps): void {
  const show = async (
    reply: FastifyReply,
    { typed, faults = [], notice }: { typed?: Typed; faults?: FieldFault[]; notice?: string | undefined },
  ) => {
    const retention = await getRetention(deps)
    const model = {
      tabs: settingsTabs(roleOf(reply.request), 'retention'),
      ...presentRetention(retention, { typed, faults, zone: zoneOf(reply.request) }),
    }
    return deps.shell.show(reply, 'privacy/retention', { title: 'Keeping and erasing', nav: 'settings', notice }, model)
  }

  const save = async (reply: FastifyReply, typed: Typed) => {
    const { months, round, confirm } = typed
    const change = { months: months.trim() === '' ? null : Number(months), confirmed: confirm === 'yes' }
    try {
      await changeRetention(deps, round === undefined ? change : { ...change, code: round })
    } catch (error) {
      if (error instanceof InvalidInput) return show(reply.status(422), { typed, faults: error.faults })
      if (!(error instanceof Conflict)) throw error
      return show(reply.status(409), { typed, faults: [{ field: 'confirm', message: error.message }] })
    }
    return reply.redirect(`${HOME}?notice=saved`, 303)
  }

  app.route({
    method: 'GET',
    url: HOME,
    config: { allow: 'privacy.write' },
    schema: { querystring: Type.Object({ notice: Type.Optional(Type.String({ maxLength: 40 })) }) },
    handler: ({ query }, reply) => show(reply, { notice: NOTICES[query.notice ?? ''] }),
  })

  app.route({
    method: 'POST',
    url: HOME,
    config: { allow: 'privacy.write', does: 'Change how long rounds are kept' },
    schema: { body: Form },
    handler: ({ body }, reply) => save(reply, body),
  })

  app.route({
    method: 'POST',
    url: `${HOME}/round`,
    config: { allow: 'privacy.write', does: 'Change how long a round is kept' },
    schema: { body: RoundForm },
    handler: ({ body }, reply) => save(reply, body),
  })
}
