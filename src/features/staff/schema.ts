import { Type } from '@fastify/type-provider-typebox'
import { ROLES, type Role } from '../../lib/permissions.ts'

const roleName = (description: string) =>
  Type.Unsafe<Role>(
    Type.Union(
      ROLES.map((role) => Type.Literal(role)),
      { description },
    ),
  )

export const NewToken = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description: 'Who or what will use it' }),
    role: roleName('What the token may do'),
  },
  { additionalProperties: false },
)

export const RowId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

export const RowPage = Type.Object(
  {
    after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  },
  { additionalProperties: false },
)

export const NewMember = Type.Object(
  {
    name: Type.String({ maxLength: 1000 }),
    address: Type.String({ maxLength: 1000, description: 'Their sign-in link is mailed to it at once' }),
    role: roleName('What they may do'),
    time_zone: Type.Optional(Type.String({ maxLength: 100, description: 'Such as Europe/Lisbon (UTC)' })),
  },
  { additionalProperties: false },
)

export const MemberChanges = Type.Partial(
  Type.Object({
    ...NewMember.properties,
    disabled: Type.Boolean({ description: 'True signs them out at once' }),
  }),
  { additionalProperties: false, minProperties: 1 },
)

export const AuditPage = Type.Object(
  {
    actor: Type.Optional(Type.String({ maxLength: 100, description: "Such as 'staff 3' or 'token 7'" })),
    before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  },
  { additionalProperties: false },
)
