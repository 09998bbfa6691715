import { Type } from '@fastify/type-provider-typebox'

const VALUES = {
  name: Type.String({ maxLength: 1000 }),
  contact_address: Type.String({ maxLength: 1000, description: 'Where people write when they need a person' }),
  from_name: Type.String({ maxLength: 1000, description: 'Who sends when a campaign names nobody; empty: MAIL_FROM' }),
  footer: Type.String({
    maxLength: 5000,
    description: 'Stands under every message: a postal address, a website. At most 500 characters and 5 lines',
  }),
  languages: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200, description: 'Tags of BCP 47' }),
  second_person_over: Type.Union([Type.Null(), Type.Integer()], {
    description: "A campaign to more people than this needs a second person's word; null: none does",
  }),
  count_clicks: Type.Boolean({
    description:
      'Whether the links of campaigns lead through a redirect that counts clicks; false: to their plain address',
  }),
}

export const ProgrammeAnswer = Type.Object({ ...VALUES, updated_at: Type.Unsafe<Date>(Type.String()) })

export const ProgrammeChanges = Type.Partial(Type.Object(VALUES), { additionalProperties: false, minProperties: 1 })
