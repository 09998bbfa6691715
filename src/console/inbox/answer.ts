import { createHash } from 'node:crypto'
import { Type } from '@fastify/type-provider-typebox'
import { type Doer, decideInbox, replyFromInbox } from '../../features/inbox/index.ts'
import { Conflict } from '../../lib/errors.ts'
import { openMemory } from '../../lib/remember.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { findNext } from './gather.ts'
import { ItemParams, itemHref, PATH } from './inbox-query.ts'
import { doerOf, inboxFaults, Version } from './item-actions.ts'
import { showItem } from './item-page.ts'

const Answer = Type.Object({
  subject: Type.String({ maxLength: 2000, default: '' }),
  body: Type.String({ maxLength: 100_000, default: '' }),
  settle: Type.Optional(Type.Literal('done')),
  version: Version,
})

/** A button that is pressed twice sends once. */
const PRESSED_TWICE_MS = 5000

/** POST /console/inbox/:id/reply: what staff write back; with its second button the reply is settled, too. */
export function addAnswerPages(app: TypedApp, deps: ConsoleDeps): void {
  const memory = openMemory()
  app.route({
    method: 'POST',
    url: '/console/inbox/:id/reply',
    config: { allow: 'inbox.write', does: 'Answer a reply' },
    schema: { params: ItemParams, body: Answer },
    handler: async (request, reply) => {
      const { id } = request.params
      const { settle: wanted, subject, body, version } = request.body
      const fields = { subject, body, version }
      const by = doerOf(request)
      try {
        const written = createHash('sha256').update(JSON.stringify(fields)).digest('hex')
        const send = () => replyFromInbox(deps, { id, ...fields, by })
        const { item } = await memory.remember(`reply ${by.name} ${id} ${written}`, PRESSED_TWICE_MS, send)
        const isSettled =
          wanted === 'done' && item.state === 'open' && (await settle({ id, version: item.version, by }))
        if (!isSettled) return reply.redirect(`${itemHref(id)}?notice=sent`, 303)
      } catch (error) {
        const faults = inboxFaults(error)
        if (!faults) throw error
        reply.status(error instanceof Conflict ? 409 : 422)
        return showItem(deps, request, reply, { id, faults, typed: fields })
      }
      const next = await findNext(deps, id)
      return reply.redirect(`${next === undefined ? PATH : itemHref(next)}?decided=${id}`, 303)
    },
  })

  /** False when somebody was faster: the answer has left all the same. */
  async function settle(input: { id: number; version: number; by: Doer }): Promise<boolean> {
    try {
      await decideInbox(deps, { ...input, decision: 'done' })
      return true
    } catch (error) {
      if (error instanceof Conflict) return false
      throw error
    }
  }
}
