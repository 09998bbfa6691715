import { Type } from '@fastify/type-provider-typebox'

export const PersonId = Type.Object({ id: Type.Integer({ minimum: 1 }) })

export const ParticipantsQuery = Type.Object(
  {
    state: Type.Optional(Type.String({ maxLength: 200, description: 'One state, or several with commas' })),
    country: Type.Optional(Type.String({ maxLength: 200, description: 'A code or any spelling' })),
    after: Type.Optional(Type.Integer({ minimum: 0, description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  { additionalProperties: false },
)

export const PersonChanges = Type.Object(
  {
    given_name: Type.Optional(Type.String({ maxLength: 1000 })),
    family_name: Type.Optional(Type.String({ maxLength: 1000 })),
    country: Type.Optional(Type.String({ maxLength: 200, description: 'A code or any spelling' })),
    language: Type.Optional(Type.String({ maxLength: 35, description: 'Such as en, fr, pt-BR' })),
    // null stands first: tried for a string it would be made an empty one
    time_zone: Type.Optional(
      Type.Union([Type.Null(), Type.String({ maxLength: 64 })], {
        description: 'Such as Asia/Kolkata; null: the zone assumed for the country',
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)

export const Suppression = Type.Object(
  {
    scope: Type.Union([Type.Literal('all'), Type.Literal('campaigns')]),
    reason: Type.Union([Type.Literal('manual'), Type.Literal('removed')]),
  },
  { additionalProperties: false },
)

/** Application states (interface.md). */
export const APPLICATION_STATES = [
  'applied',
  'waitlisted',
  'confirmed',
  'declined',
  'lapsed',
  'withdrawn',
  'removed',
] as const
