import { Type } from '@fastify/type-provider-typebox'
import type { MessageRow } from './queries.ts'
import type { ReadMessage } from './service.ts'

const DirectionSchema = Type.Union([Type.Literal('to_participant'), Type.Literal('to_programme')])

export const IdParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

export const ListQuery = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 254 })),
  direction: Type.Optional(Type.Union([DirectionSchema, Type.Literal('')])),
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
})

export const PARTS = ['html', 'text', 'headers', 'source'] as const
export type Part = (typeof PARTS)[number]

export const PartQuery = Type.Object({
  part: Type.Optional(Type.Union(PARTS.map((part) => Type.Literal(part)))),
  notice: Type.Optional(Type.Union([Type.Literal('replied'), Type.Literal('empty'), Type.Literal('refused')])),
  reply: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
})

export const ReplyBody = Type.Object({ text: Type.String({ maxLength: 20_000 }) })

export const ApiListQuery = Type.Object({
  to: Type.Optional(Type.String({ maxLength: 320, description: "A recipient's whole address" })),
  direction: Type.Optional(DirectionSchema),
  after: Type.Optional(
    Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'The last id already seen' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
})

/** A message in the JSON API. `from` is the header's, `to` the address it was handed over for. */
export function presentItem(row: MessageRow) {
  return {
    id: row.id,
    from: row.header_from ?? row.mail_from,
    to: row.rcpt_to,
    envelope_from: row.mail_from,
    subject: row.subject ?? '',
    message_id: row.message_id,
    received_at: row.received_at.toISOString(),
    direction: row.direction,
  }
}

export function presentMessage({ row, content, size, shortened }: ReadMessage) {
  return {
    ...presentItem(row),
    size,
    shortened,
    headers: content.headers,
    html: content.html ?? null,
    text: content.text ?? null,
    attachments: content.attachments.map(({ filename, ...rest }) => ({ filename: filename ?? null, ...rest })),
  }
}
