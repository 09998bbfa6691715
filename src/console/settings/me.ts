import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { getMember, updateMember } from '../../features/staff/index.ts'
import { type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { roleOf } from './caller.ts'
import { presentField } from './form.ts'
import { ROLE_WORDS } from './roles.ts'
import { settingsTabs } from './tabs.ts'
import { presentZones } from './zones.ts'

const HOME = '/console/settings/me'
const text = Type.String({ default: '' })
const Form = Type.Object({ name: text, address: text, time_zone: Type.String({ default: 'UTC' }) })

const NOTICES: Record<string, string> = { saved: 'Saved.' }

/** /console/settings/me: everybody's own name and time zone. The address is a director's to change, but for the first one. */
export function addOwnPage(app: TypedApp, deps: ConsoleDeps): void {
  const show = async (
    reply: FastifyReply,
    typed: { name: string; address: string; time_zone: string } | undefined,
    faults: FieldFault[],
    notice?: string,
  ) => {
    const member = await getMember(deps, { id: ownId(reply) })
    const { name, address, time_zone } = typed ?? { ...member, address: '' }
    const role = roleOf(reply.request)
    const model = {
      tabs: settingsTabs(role, 'me'),
      faults,
      name: presentField({ name: 'name', label: 'Name', value: name, autocomplete: 'name' }, faults),
      known_address: member.address ?? '',
      address: presentField(
        {
          name: 'address',
          label: 'Address',
          value: address,
          autocomplete: 'email',
          hint: 'Your links to sign in are mailed to it. Without one you need a link printed by the service.',
        },
        faults,
      ),
      zone_field: presentZones(time_zone, faults),
      role: ROLE_WORDS[role],
    }
    return deps.shell.show(reply, 'settings/me', { title: 'You', nav: 'settings', notice }, model)
  }

  app.route({
    method: 'GET',
    url: HOME,
    config: { allow: 'settings.read' },
    schema: { querystring: Type.Object({ notice: Type.Optional(Type.String()) }) },
    handler: ({ query }, reply) => show(reply, undefined, [], NOTICES[query.notice ?? '']),
  })

  app.route({
    method: 'POST',
    url: HOME,
    config: { allow: 'settings.read', does: 'Change one’s own name or time zone' },
    schema: { body: Form },
    handler: async ({ body }, reply) => {
      const { name, time_zone, address } = body
      const id = ownId(reply)
      const isFirst = address.trim() !== '' && (await getMember(deps, { id })).address === null
      try {
        // Named one by one: a role that was sent along is nobody's own to change.
        await updateMember(deps, { id, by: id, change: { name, time_zone, ...(isFirst ? { address } : {}) } })
      } catch (error) {
        if (error instanceof InvalidInput) return show(reply.status(422), body, error.faults)
        throw error
      }
      return reply.redirect(`${HOME}?notice=saved`, 303)
    },
  })
}

/** @throws NotFound for a program that calls with a token: it is nobody of the staff */
function ownId({ request }: FastifyReply): number {
  const { staff } = request.caller ?? {}
  if (!staff) throw new NotFound('A member of staff behind this call')
  return staff.id
}
