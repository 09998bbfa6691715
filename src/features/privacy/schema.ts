import { Type } from '@fastify/type-provider-typebox'

export const PersonId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
export const RoundCode = Type.Object({ code: Type.String({ maxLength: 32 }) })

// One schema of two types: of two schemas the null would be tried first, and a 0 be taken for it.
const Months = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  description: 'Months after the end of a round at which it is made anonymous, 1 to 600; null: never, or as the others',
})

export const RetentionChange = Type.Object(
  {
    months: Months,
    confirm: Type.Boolean({
      default: false,
      description: 'Must be true when a round is thereby due at once: what is erased cannot be had back',
    }),
  },
  { additionalProperties: false },
)

const Nullable = Type.Union([Type.Null(), Type.String()])

export const RetentionAnswer = Type.Object({
  months: Type.Union([Type.Null(), Type.Integer()]),
  rounds: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      ends_on: Nullable,
      retention_months: Type.Union([Type.Null(), Type.Integer()]),
      anonymised_at: Type.Unsafe<Date | null>(Nullable),
      due_on: Nullable,
      people: Type.Integer(),
      last_here: Type.Integer({ description: 'Who are erased with it: they take part in no round that stays longer' }),
      erased: Type.Integer(),
      state: Type.Enum({ stays: 'stays', later: 'later', soon: 'soon', due: 'due', done: 'done' }),
    }),
  ),
  asked: Type.Integer({ description: 'How many people were erased because they asked' }),
})
