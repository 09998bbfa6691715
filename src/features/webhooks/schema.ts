import { Type } from '@fastify/type-provider-typebox'
import { NEWS } from './rules.ts'

const closed = { additionalProperties: false } as const
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Types = Type.Array(Type.Union(NEWS.map((type) => Type.Literal(type))), {
  minItems: 1,
  maxItems: NEWS.length,
  uniqueItems: true,
  description: 'Which news it is told',
})

export const NewWebhook = Type.Object(
  {
    url: Type.String({
      maxLength: 2000,
      description: 'https, and a public address',
      examples: ['https://example.org/pairpost'],
    }),
    types: Types,
  },
  closed,
)

export const WebhookChange = Type.Object(
  {
    types: Type.Optional(Types),
    enabled: Type.Optional(
      Type.Boolean({ description: 'False stops it; true lets it go on, with what waited meanwhile' }),
    ),
  },
  { ...closed, minProperties: 1 },
)

export const WebhookId = Type.Object({ id: Id })
export const MessageId = Type.Object({ id: Id, message_id: Id })

export const MessagePage = Type.Object(
  { before: Type.Optional(Id), limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }) },
  closed,
)
