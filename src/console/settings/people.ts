import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import {
  getMember,
  inviteMember,
  listMembers,
  type Member,
  requestSignIn,
  updateMember,
} from '../../features/staff/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { Role } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentTime, presentZone } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { roleOf, zoneOf } from './caller.ts'
import { presentField, presentRoles } from './form.ts'
import { ROLE_WORDS } from './roles.ts'
import { settingsTabs } from './tabs.ts'
import { presentZones } from './zones.ts'

const PAGE = 50
const HOME = '/console/settings/people'

const text = Type.String({ default: '' })
const Form = Type.Object({ name: text, address: text, role: text, time_zone: Type.String({ default: 'UTC' }) })
type Typed = Static<typeof Form>
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

const NOTICES: Record<string, string> = {
  invited:
    'Invited. Their link to sign in is on its way; it works for 15 minutes, and they can ask for another one on the sign-in page.',
  saved: 'Saved.',
  disabled: 'Disabled and signed out. Nothing they wrote is lost, and they can be enabled again.',
  enabled: 'Enabled. They can sign in again.',
  link: 'A link to sign in is on its way to them.',
}

/** /console/settings/people: who works here, as what. */
export function addPeoplePages(app: TypedApp, deps: ConsoleDeps): void {
  const tabs = (reply: FastifyReply) => settingsTabs(roleOf(reply.request), 'people')

  app.route({
    method: 'GET',
    url: HOME,
    config: { allow: 'staff.read' },
    schema: {
      querystring: Type.Object({
        after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
        notice: Type.Optional(Type.String()),
      }),
    },
    handler: async ({ query }, reply) => {
      const { items, next } = await listMembers(deps, { after: query.after, limit: PAGE })
      const zone = zoneOf(reply.request)
      const model = {
        tabs: tabs(reply),
        people: items.map((member) => presentMember(member, zone)),
        pager: { next: next === null ? '' : `${HOME}?after=${next}`, first: query.after > 0 ? HOME : '' },
        zone: presentZone(zone, deps.clock.now()),
      }
      const frame = { title: 'People and roles', nav: 'settings', notice: NOTICES[query.notice ?? ''] } as const
      return deps.shell.show(reply, 'settings/people', frame, model)
    },
  })

  const showInvite = (reply: FastifyReply, typed: Typed, faults: FieldFault[]) =>
    deps.shell.show(
      reply,
      'settings/invite',
      { title: 'Invite somebody', nav: 'settings' },
      { tabs: tabs(reply), faults, ...presentForm(typed, faults) },
    )

  app.route({
    method: 'GET',
    url: `${HOME}/invite`,
    config: { allow: 'staff.write' },
    handler: (request, reply) =>
      showInvite(reply, { name: '', address: '', role: 'viewer', time_zone: zoneOf(request) }, []),
  })

  app.route({
    method: 'POST',
    url: `${HOME}/invite`,
    config: { allow: 'staff.write', does: 'Invite somebody to the staff' },
    schema: { body: Form },
    handler: async ({ body }, reply) => {
      try {
        const { name, address, time_zone } = body
        await inviteMember(deps, { name, address, role: body.role as Role, time_zone })
      } catch (error) {
        if (error instanceof InvalidInput) return showInvite(reply.status(422), body, error.faults)
        throw error
      }
      return reply.redirect(`${HOME}?notice=invited`, 303)
    },
  })

  const showMember = async (reply: FastifyReply, id: number, typed: Typed | undefined, faults: FieldFault[]) => {
    const member = await getMember(deps, { id })
    const { name, address, role, time_zone } = member
    const { staff } = reply.request.caller ?? {}
    const model = {
      tabs: tabs(reply),
      faults,
      person: presentMember(member, zoneOf(reply.request)),
      is_self: staff?.id === id,
      has_address: address !== null,
      ...presentForm(typed ?? { name, address: address ?? '', role, time_zone }, faults),
    }
    return deps.shell.show(reply, 'settings/person', { title: name, nav: 'settings' }, model)
  }

  app.route({
    method: 'GET',
    url: `${HOME}/:id`,
    config: { allow: 'staff.read' },
    schema: { params: Id },
    handler: ({ params }, reply) => showMember(reply, params.id, undefined, []),
  })

  app.route({
    method: 'POST',
    url: `${HOME}/:id`,
    config: { allow: 'staff.write', does: 'Change one of the staff' },
    schema: { params: Id, body: Form },
    handler: async ({ params, body, caller }, reply) => {
      // Who has no address yet may leave it so.
      const { name, address, time_zone } = body
      const keepsNone = address.trim() === '' && (await getMember(deps, params)).address === null
      const change = { name, role: body.role as Role, time_zone, ...(keepsNone ? {} : { address }) }
      try {
        await updateMember(deps, { id: params.id, by: caller?.staff?.id, change })
      } catch (error) {
        if (error instanceof InvalidInput) return showMember(reply.status(422), params.id, body, error.faults)
        if (error instanceof Conflict)
          return showMember(reply.status(409), params.id, body, [{ field: 'role', message: error.message }])
        throw error
      }
      return reply.redirect(`${HOME}?notice=saved`, 303)
    },
  })

  for (const { path, does, disabled } of [
    { path: 'disable', does: 'Disable one of the staff', disabled: true },
    { path: 'enable', does: 'Enable one of the staff again', disabled: false },
  ]) {
    app.route({
      method: 'POST',
      url: `${HOME}/:id/${path}`,
      config: { allow: 'staff.write', does },
      schema: { params: Id },
      handler: async ({ params, caller }, reply) => {
        try {
          await updateMember(deps, { id: params.id, by: caller?.staff?.id, change: { disabled } })
        } catch (error) {
          if (!(error instanceof Conflict)) throw error
          return showMember(reply.status(409), params.id, undefined, [{ field: '', message: error.message }])
        }
        return reply.redirect(`${HOME}?notice=${path}d`, 303)
      },
    })
  }

  app.route({
    method: 'POST',
    url: `${HOME}/:id/link`,
    config: { allow: 'staff.write', does: 'Mail one of the staff a link to sign in' },
    schema: { params: Id },
    handler: async ({ params }, reply) => {
      const { address } = await getMember(deps, params)
      if (address === null) throw new Conflict('no_address', 'They have no address yet: write it down first.')
      await requestSignIn(deps, { address })
      return reply.redirect(`${HOME}?notice=link`, 303)
    },
  })
}

function presentMember(member: Member, zone: string) {
  const { id, name, address, role, last_signed_in_at, disabled_at } = member
  return {
    id,
    href: `${HOME}/${id}`,
    name,
    address: address ?? '',
    role: ROLE_WORDS[role].name,
    signed_in: last_signed_in_at !== null,
    signed_in_at: presentTime(last_signed_in_at ?? member.created_at, zone),
    disabled: disabled_at !== null,
    disabled_at: presentTime(disabled_at ?? member.created_at, zone),
  }
}

function presentForm(typed: Typed, faults: readonly FieldFault[]) {
  return {
    name: presentField({ name: 'name', label: 'Name', value: typed.name }, faults),
    address: presentField(
      { name: 'address', label: 'Address', value: typed.address, hint: 'Their links to sign in are mailed to it.' },
      faults,
    ),
    role: presentRoles(typed.role, faults),
    zone_field: presentZones(typed.time_zone, faults),
  }
}
