import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  eachSuppression,
  liftSuppression,
  listSuppressions,
  type Suppression,
  suppressAddress,
} from '../../features/people/index.ts'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { sendCsv } from '../csv-reply.ts'
import { presentTime } from '../present/time.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import { settingsTabs } from '../settings/tabs.ts'
import type { ConsoleDeps } from '../shell.ts'
import { given } from './list-query.ts'
import { readStaffNames } from './sources.ts'
import { nameOf, sayReason, sayScope, saySource, warningBeforeLift } from './words.ts'

const PATH = '/console/settings/suppressions'

const ListQuery = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 254 })),
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  notice: Type.Optional(Type.String({ maxLength: 40 })),
})
const AddForm = Type.Object({
  address: Type.String({ maxLength: 1000 }),
  scope: Type.Union([Type.Literal('campaigns'), Type.Literal('all')]),
})

const NOTICES: Record<string, string> = {
  added: 'Added. No mail goes to this address any more.',
  'added-campaigns': 'Added. No campaign goes to this address any more.',
  there: 'It stands on the list already; nothing has changed.',
  lifted: 'Lifted. Mail goes to this address again, unless another entry stops it.',
  'lifted-before': 'It had been lifted before; nothing has changed.',
}

/** /console/settings/suppressions: who must not be mailed, and why. */
export function addSuppressionPages(app: TypedApp, deps: ConsoleDeps): void {
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    query: { q?: string | undefined; before?: number | undefined; notice?: string | undefined },
    typed: { address: string; scope: string; faults: FieldFault[] } = { address: '', scope: 'all', faults: [] },
  ) => {
    const [role, zone] = [roleOf(request), zoneOf(request)]
    const q = given(query.q) ?? ''
    const [found, names] = await Promise.all([
      listSuppressions(deps, { beginning: q, before: query.before }),
      readStaffNames(deps.db),
    ])
    const search = q === '' ? '' : `q=${encodeURIComponent(q)}`
    const hrefWith = (more: string) => `${PATH}?${[search, more].filter(Boolean).join('&')}`
    return deps.shell.show(
      reply,
      'suppressions/list',
      { title: 'Suppression list', nav: 'settings', notice: NOTICES[query.notice ?? ''] },
      {
        tabs: settingsTabs(role, 'suppressions'),
        q,
        items: found.items.map((row) => presentRow(row, names, zone)),
        pager: {
          next: found.next === null ? '' : hrefWith(`before=${found.next}`),
          first: query.before ? hrefWith('') : '',
        },
        csvHref: search === '' ? `${PATH}.csv` : `${PATH}.csv?${search}`,
        mayWrite: mayDo(role, 'people.write'),
        ...typed,
        all: typed.scope === 'all',
      },
    )
  }

  app.route({
    method: 'GET',
    url: PATH,
    config: { allow: 'people.read', does: 'Look at the suppression list', audited: true },
    schema: { querystring: ListQuery },
    handler: async (request, reply) => show(request, reply, request.query),
  })

  app.route({
    method: 'POST',
    url: PATH,
    config: { allow: 'people.write', does: 'Add to the suppression list' },
    schema: { body: AddForm },
    handler: async (request, reply) => {
      const { address, scope } = request.body
      try {
        const { is_new } = await suppressAddress(deps, { address, scope, source: request.caller?.name ?? 'unknown' })
        const added = scope === 'all' ? 'added' : 'added-campaigns'
        return reply.redirect(`${PATH}?notice=${is_new ? added : 'there'}`, 303)
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        return show(request, reply.status(422), {}, { address, scope, faults: error.faults })
      }
    },
  })

  app.route({
    method: 'POST',
    url: `${PATH}/:id/lift`,
    config: { allow: 'people.write', does: 'Lift an entry of the suppression list' },
    schema: {
      params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
      body: Type.Optional(Type.Any()),
    },
    handler: async ({ params }, reply) => {
      const { lifted } = await liftSuppression(deps, params)
      return reply.redirect(`${PATH}?notice=${lifted ? 'lifted' : 'lifted-before'}`, 303)
    },
  })

  app.route({
    method: 'GET',
    url: `${PATH}.csv`,
    config: { allow: 'people.read', does: 'Export the suppression list', audited: true },
    schema: { querystring: ListQuery },
    handler: async ({ query }, reply) =>
      sendCsv(reply, {
        name: 'suppressions.csv',
        columns: ['address', 'scope', 'reason', 'source', 'since', 'until', 'person_id'],
        pages: eachSuppression(deps, { beginning: given(query.q) }),
        cellsOf: (row: Suppression) => [
          row.address,
          row.scope,
          row.reason,
          row.source,
          row.created_at,
          row.ends_at,
          row.person_id,
        ],
      }),
  })
}

function presentRow(row: Suppression, names: ReadonlyMap<string, string>, zone: string) {
  return {
    address: row.address,
    person:
      row.person_id === null
        ? ''
        : {
            href: `/console/participants/${row.person_id}`,
            name: nameOf({ given_name: row.given_name ?? '', family_name: row.family_name ?? '' }),
          },
    scope: sayScope(row.scope),
    reason: sayReason(row.reason),
    by: saySource(row.source, names),
    since: presentTime(row.created_at, zone),
    until: row.ends_at ? presentTime(row.ends_at, zone) : '',
    liftHref: `${PATH}/${row.id}/lift`,
    warning: warningBeforeLift(row),
  }
}
