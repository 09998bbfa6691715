import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import {
  type ApiTokenRow,
  createNamedToken,
  getApiToken,
  listApiTokens,
  revokeApiToken,
} from '../../features/staff/index.ts'
import { type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { presentTime, presentZone } from '../present/time.ts'
import type { ConsoleDeps } from '../shell.ts'
import { roleOf, zoneOf } from './caller.ts'
import { presentField, presentRoles } from './form.ts'
import { ROLE_WORDS } from './roles.ts'
import { settingsTabs } from './tabs.ts'

const PAGE = 50
const HOME = '/console/settings/tokens'

const text = Type.String({ default: '' })
const Form = Type.Object({ name: text, role: text })
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

const NOTICES: Record<string, string> = { revoked: 'Revoked. Programs that use the token are refused from now on.' }

/** /console/settings/tokens: what programs call the API with. */
export function addTokenPages(app: TypedApp, deps: ConsoleDeps): void {
  const tabs = (reply: FastifyReply) => settingsTabs(roleOf(reply.request), 'tokens')
  const show = (reply: FastifyReply, page: string, title: string, model: object, notice?: string) =>
    deps.shell.show(reply, `settings/${page}`, { title, nav: 'settings', notice }, { tabs: tabs(reply), ...model })
  const showForm = (reply: FastifyReply, typed: Static<typeof Form>, faults: FieldFault[]) =>
    show(reply, 'new-token', 'New API token', {
      faults,
      name: presentField(
        {
          name: 'name',
          label: 'Name',
          value: typed.name,
          hint: 'Who or what will use it, such as "Website statistics".',
        },
        faults,
      ),
      role: presentRoles(typed.role, faults),
    })

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
      const { items, next } = await listApiTokens(deps, { after: query.after, limit: PAGE })
      const zone = zoneOf(reply.request)
      const model = {
        tokens: items.map((token) => presentToken(token, zone)),
        pager: { next: next === null ? '' : `${HOME}?after=${next}`, first: query.after > 0 ? HOME : '' },
        zone: presentZone(zone, deps.clock.now()),
      }
      return show(reply, 'tokens', 'API tokens', model, NOTICES[query.notice ?? ''])
    },
  })

  app.route({
    method: 'GET',
    url: `${HOME}/new`,
    config: { allow: 'staff.write' },
    handler: (_request, reply) => showForm(reply, { name: '', role: 'viewer' }, []),
  })

  app.route({
    method: 'POST',
    url: HOME,
    config: { allow: 'staff.write', does: 'Make an API token' },
    schema: { body: Form },
    handler: async ({ body }, reply) => {
      try {
        const { name, role, token } = await createNamedToken(deps, body)
        // The answer is the only place where the token ever stands: not in an address, not in a session.
        reply.status(201).header('cache-control', 'no-store')
        return await show(reply, 'made-token', 'Your new API token', { name, token, role: ROLE_WORDS[role] })
      } catch (error) {
        if (error instanceof InvalidInput) return showForm(reply.status(422), body, error.faults)
        throw error
      }
    },
  })

  app.route({
    method: 'GET',
    url: `${HOME}/:id/revoke`,
    config: { allow: 'staff.write' },
    schema: { params: Id },
    handler: async ({ params }, reply) => {
      const token = presentToken(await getApiToken(deps, params), zoneOf(reply.request))
      return show(reply, 'revoke-token', 'Revoke an API token', { token })
    },
  })

  app.route({
    method: 'POST',
    url: `${HOME}/:id/revoke`,
    config: { allow: 'staff.write', does: 'Revoke an API token' },
    schema: { params: Id },
    handler: async ({ params }, reply) => {
      const { revoked_at } = await getApiToken(deps, params)
      if (revoked_at === null) await revokeApiToken(deps, params).catch(ignoreSecondPress)
      return reply.redirect(`${HOME}?notice=revoked`, 303)
    },
  })
}

/** Of two presses at once, the second finds it revoked: what was wanted. */
function ignoreSecondPress(error: unknown): void {
  if (!(error instanceof NotFound)) throw error
}

function presentToken({ id, name, role, created_at, revoked_at }: ApiTokenRow, zone: string) {
  return {
    name,
    role: ROLE_WORDS[role].name,
    created_at: presentTime(created_at, zone),
    revoked: revoked_at !== null,
    revoked_at: presentTime(revoked_at ?? created_at, zone),
    revoke_href: `${HOME}/${id}/revoke`,
  }
}
