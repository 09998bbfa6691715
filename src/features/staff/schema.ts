import { Type } from '@fastify/type-provider-typebox'
import { ROLES } from '../../lib/permissions.ts'

const RoleName = Type.Union(
  ROLES.map((role) => Type.Literal(role)),
  { description: 'What the token may do' },
)

export const NewToken = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description: 'Who or what will use it' }),
    role: RoleName,
  },
  { additionalProperties: false },
)

export const TokenId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

export const TokenPage = Type.Object(
  {
    after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  },
  { additionalProperties: false },
)
