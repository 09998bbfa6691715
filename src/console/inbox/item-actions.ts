import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import {
  ADDRESS_DECISIONS,
  assignInbox,
  DECISIONS,
  type Doer,
  decideAddress,
  decideInbox,
  identifyInbox,
  noteInbox,
} from '../../features/inbox/index.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { findNext } from './gather.ts'
import { Id, ItemParams, itemHref, PATH } from './inbox-query.ts'
import { type ShownItem, showItem } from './item-page.ts'

/** What the page showed: of two staff at once the second is told who decided what. */
export const Version = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

const oneOf = <Word extends string>(words: readonly Word[]) =>
  Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))))

interface Acting<Fields> {
  id: number
  fields: Fields
  by: Doer
}

/** What staff do with a reply: POST, then the next one that is open, or back to this one. */
export function addItemActions(app: TypedApp, deps: ConsoleDeps): void {
  /** What cannot be done is said on the page as it stands now, with what was typed. */
  function addAction<Body extends TSchema>(
    url: string,
    does: string,
    body: Body,
    act: (acting: Acting<Static<Body>>) => Promise<string>,
    typedOf: (fields: Static<Body>) => ShownItem['typed'] = () => ({}),
  ): void {
    app.route({
      method: 'POST',
      url: `/console/inbox/:id/${url}`,
      config: { allow: 'inbox.write', does },
      schema: { params: ItemParams, body },
      handler: async (request, reply) => {
        const { id } = request.params as { id: number }
        const fields = request.body as Static<Body>
        try {
          return reply.redirect(await act({ id, fields, by: doerOf(request) }), 303)
        } catch (error) {
          const faults = inboxFaults(error)
          if (!faults) throw error
          reply.status(error instanceof Conflict ? 409 : 422)
          return showItem(deps, request, reply, { id, faults, typed: typedOf(fields) ?? {} })
        }
      },
    })
  }

  const Deciding = Type.Object({ decision: oneOf([...DECISIONS, 'reopen'] as const), version: Version })
  addAction('decide', 'Settle a reply', Deciding, async ({ id, fields, by }) => {
    await decideInbox(deps, { id, ...fields, by })
    return fields.decision === 'reopen' ? `${itemHref(id)}?notice=reopen` : hrefAfter(id)
  })

  const AboutAddress = Type.Object({ decision: oneOf(ADDRESS_DECISIONS), version: Version })
  addAction('address', 'Say whose address it is', AboutAddress, async ({ id, fields, by }) => {
    const { decision: as, version } = fields
    const item = await decideAddress(deps, { id, as, version, by })
    return item.state === 'done' ? hrefAfter(id) : `${itemHref(id)}?notice=${as}`
  })

  const Assigning = Type.Object({
    to: Type.Optional(Type.Union([Type.Literal(''), Id])),
    me: Type.Optional(Id),
    version: Version,
  })
  addAction('assign', 'Assign a reply', Assigning, async ({ id, fields }) => {
    await assignInbox(deps, { id, staff_id: fields.me ?? (fields.to || null), version: fields.version })
    return `${itemHref(id)}?notice=assigned`
  })

  const Noting = Type.Object({ note: Type.String({ maxLength: 20_000 }), version: Version })
  addAction(
    'note',
    'Write a note about a reply',
    Noting,
    async ({ id, fields }) => {
      await noteInbox(deps, { id, ...fields, note: fields.note.replaceAll('\0', '') })
      return `${itemHref(id)}?notice=noted`
    },
    ({ note }) => ({ note }),
  )

  const Identifying = Type.Object({ person: Id, version: Version })
  addAction('person', 'Say who wrote a reply', Identifying, async ({ id, fields }) => {
    await identifyInbox(deps, { id, person_id: fields.person, version: fields.version })
    return `${itemHref(id)}?notice=identified`
  })

  async function hrefAfter(id: number): Promise<string> {
    const next = await findNext(deps, id)
    return `${next === undefined ? PATH : itemHref(next)}?decided=${id}`
  }
}

export const doerOf = ({ caller }: FastifyRequest): Doer => ({
  staff_id: caller?.staff?.id ?? null,
  name: caller?.name ?? 'unknown',
})

/** At the fields of the page; undefined for what is no fault of the form. */
export function inboxFaults(error: unknown): FieldFault[] | undefined {
  if (error instanceof Conflict) return [{ field: '', message: error.message }]
  if (!(error instanceof InvalidInput)) return undefined
  return error.faults.map(({ field, message }) => ({ field: field === 'staff_id' ? 'assigned' : field, message }))
}
