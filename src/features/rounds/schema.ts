import { Type } from '@fastify/type-provider-typebox'

/** null stands first: tried for a string it would be made an empty one. */
const Day = Type.Union([Type.Null(), Type.String({ format: 'date' })])
const Name = Type.String({ minLength: 1, maxLength: 200 })
const CapPercent = Type.Integer({
  minimum: 1,
  maximum: 100,
  description: "A country with more than this share of a round's applicants is over the cap (20)",
})

const timetable = {
  applications_open_on: Day,
  applications_close_on: Day,
  confirm_by: Day,
  starts_on: Day,
  ends_on: Day,
}

export const RoundCode = Type.Object({ code: Type.String({ maxLength: 32 }) })

export const NewRound = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 32, description: 'Such as 2016A' }),
    name: Name,
    country_cap_percent: Type.Optional(CapPercent),
    ...Type.Partial(Type.Object(timetable)).properties,
  },
  { additionalProperties: false },
)

export const RoundChanges = Type.Partial(Type.Object({ name: Name, country_cap_percent: CapPercent, ...timetable }), {
  additionalProperties: false,
  minProperties: 1,
})

export const RoundAnswer = Type.Object({
  code: Type.String(),
  name: Type.String(),
  ...timetable,
  country_cap_percent: Type.Integer(),
  stage: Type.String({ description: 'planned, applications, confirmation, matching, running or ended' }),
  counts: Type.Record(Type.String(), Type.Integer()),
  by_country_over_cap: Type.Array(
    Type.Object({ country: Type.String(), applicants: Type.Integer(), percent: Type.Number() }),
  ),
})
