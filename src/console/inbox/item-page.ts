import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerSubject, getInboxSource } from '../../features/inbox/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import { findDecided } from './decided.ts'
import { gatherItem } from './gather.ts'
import { Id, ItemParams, SCRIPTS } from './inbox-query.ts'
import { presentItem } from './present-item.ts'
import { writerOf } from './present-list.ts'

const Query = Type.Object({
  /** Beginning of a name or address of who may have written it. */
  q: Type.Optional(Type.String({ maxLength: 200 })),
  decided: Type.Optional(Id),
  notice: Type.Optional(Type.String({ maxLength: 20 })),
})

const NOTICES: Record<string, string> = {
  sent: 'Your reply leaves within seconds.',
  assigned: 'Assigned.',
  noted: 'The note is kept.',
  add: 'It is one of their addresses now.',
  replace: 'Mail to them goes to this address from now on.',
  ignore: 'Their addresses stay as they are.',
  identified: 'Noted who wrote it. What it says is still open.',
  reopen: 'It is open again. What was recorded of an answer stays until you decide otherwise.',
}

/** GET /console/inbox/:id, and the message as it came. */
export function addItemPage(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'GET',
    url: '/console/inbox/:id',
    config: { allow: 'inbox.read', does: 'Look at a message of the Inbox', audited: true },
    schema: { params: ItemParams, querystring: Query },
    handler: async (request, reply) => {
      const { params, query } = request
      return showItem(deps, request, reply, { id: params.id, ...query, notice: NOTICES[query.notice ?? ''] })
    },
  })

  app.route({
    method: 'GET',
    url: '/console/inbox/:id/source.eml',
    config: { allow: 'inbox.read', does: 'Download an incoming message', audited: true },
    schema: { params: ItemParams },
    handler: async ({ params }, reply) =>
      reply
        .header('content-disposition', `attachment; filename="message-${params.id}.eml"`)
        .header('x-content-type-options', 'nosniff')
        .type('message/rfc822')
        .send(await getInboxSource(deps, params)),
  })
}

export interface ShownItem {
  id: number
  q?: string | undefined
  decided?: number | undefined
  notice?: string | undefined
  /** What was typed into the forms of the page and is not kept yet. */
  typed?: { subject?: string; body?: string; note?: string }
  faults?: FieldFault[]
}

/** The page, with what was typed into it and what stands against that. */
export async function showItem(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, q, decided: decidedId, notice, typed = {}, faults = [] }: ShownItem,
): Promise<FastifyReply> {
  const [facts, decided] = await Promise.all([gatherItem(deps, { id, q }), findDecided(deps, decidedId)])
  const { item } = facts
  const reader = {
    zone: zoneOf(request),
    now: deps.clock.now(),
    staff_id: request.caller?.staff?.id,
    writes: mayDo(roleOf(request), 'inbox.write'),
    mail_from: deps.config.mailFrom,
  }
  const model = {
    ...presentItem(facts, reader),
    q: q ?? '',
    typed: { subject: answerSubject(item.subject), body: '', note: item.note, ...typed },
    faults,
    faulty: {
      subject: faultOf(faults, 'subject'),
      body: faultOf(faults, 'body'),
      note: faultOf(faults, 'note'),
    },
    decided,
  }
  const frame = { title: `Inbox: ${writerOf(item)}`, nav: 'inbox', notice, scripts: SCRIPTS } as const
  return deps.shell.show(reply, 'inbox/item', frame, model)
}

const faultOf = (faults: FieldFault[], name: string) => faults.find(({ field }) => field === name)?.message ?? ''
