import { type Static, Type } from '@fastify/type-provider-typebox'

/**
 * What directors set for a round, as JSON: hard rules, which decide whether two people may be partners at all, and the
 * decision hierarchy, the ordered criteria whose weights decide how well they suit each other. Kept with the round, so
 * names are snake_case like everything that is stored.
 */

const closed = { additionalProperties: false } as const

const Percent = Type.Integer({ minimum: 0, maximum: 100 })
/** A text as the form offers it. Compared without regard to case and blanks; what stands in brackets may be left out. */
const Choice = Type.String({ minLength: 1, maxLength: 200 })
const Answer = Type.String({ minLength: 1, maxLength: 60, description: 'An answer of the form, such as interests' })
const Untold = Type.Array(Choice, { maxItems: 20, description: 'Answers that tell nothing, such as Prefer not to say' })

const common = {
  key: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
  label: Type.Optional(Type.String({ minLength: 1, maxLength: 80, description: 'What people read; else made of key' })),
  weight: Type.Integer({ minimum: 0, maximum: 100, description: '0: the criterion is left out' }),
}

/** One of a few words. TypeBox loses the type of a union made from a list, so it is said. */
function oneOf<Word extends string>(...words: Word[]) {
  return Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))))
}

/** The same answer, or one that is near to it by a table of likeness. */
const Alike = Type.Object(
  {
    ...common,
    kind: Type.Literal('alike'),
    answer: Answer,
    choices: Type.Array(Choice, { minItems: 1, maxItems: 100 }),
    near: Type.Optional(
      Type.Array(Type.Object({ between: Type.Tuple([Choice, Choice]), percent: Percent }, closed), {
        maxItems: 1000,
        description: 'Likeness of two choices; of a choice with itself where that is not 100',
      }),
    ),
    other_percent: Percent,
    untold: Type.Optional(Untold),
  },
  closed,
)

/** Nearness on an ordered scale: 100 percent for the same step unless `by_distance` says otherwise. */
const Scale = Type.Object(
  {
    ...common,
    kind: Type.Literal('scale'),
    answer: Answer,
    steps: Type.Array(Choice, { minItems: 2, maxItems: 20 }),
    by_distance: Type.Array(Percent, {
      minItems: 1,
      maxItems: 20,
      description: 'Percent for the same step, one step apart, two …; the last holds for all that are further apart',
    }),
    untold: Type.Optional(Untold),
  },
  closed,
)

const Enough = Type.Integer({
  minimum: 1,
  maximum: 20,
  description: 'So many in common count in full; fewer where one of the two named fewer',
})

/** Choices of a list answer that both made. */
const Shared = Type.Object({ ...common, kind: Type.Literal('shared'), answer: Answer, enough: Enough }, closed)

/** Hours of the day at which both are awake, by their time zones. */
const Hours = Type.Object(
  {
    ...common,
    kind: Type.Literal('hours'),
    from_hour: Type.Integer({ minimum: 0, maximum: 23 }),
    to_hour: Type.Integer({ minimum: 1, maximum: 24 }),
    enough_hours: Type.Integer({ minimum: 1, maximum: 24 }),
  },
  closed,
)

/** The same language (fr and fr-CA are the same); others write to each other in the programme's language. */
const Language = Type.Object({ ...common, kind: Type.Literal('language'), other_percent: Percent }, closed)

/** How a wish relates the partner's answer to one's own. */
export const RELATIONS = ['any', 'same', 'different', 'similar', 'more', 'less'] as const
export type Relation = (typeof RELATIONS)[number]

/** A wish that names a relation to one's own answer: "Same sector as mine", "More experienced". */
const Wish = Type.Object(
  {
    ...common,
    kind: Type.Literal('wish'),
    answer: Answer,
    about: Type.String({ description: 'The key of the criterion, alike or scale, whose answers are compared' }),
    means: Type.Array(Type.Object({ text: Choice, relation: oneOf(...RELATIONS) }, closed), {
      minItems: 1,
      maxItems: 30,
    }),
  },
  closed,
)

/** A wish that lists choices the partner should have made. */
const WishChoices = Type.Object(
  { ...common, kind: Type.Literal('wish_choices'), answer: Answer, among: Answer, enough: Enough },
  closed,
)

export const CRITERIA = {
  alike: Alike,
  scale: Scale,
  shared: Shared,
  hours: Hours,
  language: Language,
  wish: Wish,
  wish_choices: WishChoices,
} as const

export const Criterion = Type.Union([Alike, Scale, Shared, Hours, Language, Wish, WishChoices])
export type Criterion = Static<typeof Criterion>
export type CriterionKind = Criterion['kind']
export type CriterionOf<Kind extends CriterionKind> = Extract<Criterion, { kind: Kind }>

export const Rules = Type.Object(
  {
    other: oneOf('country', 'region', 'none'),
    other_institution: Type.Optional(Type.Boolean({ description: 'By the answer `institution`, where it was given' })),
    never_former_partners: Type.Boolean(),
    both_agreed_to_conduct: Type.Optional(Type.Boolean()),
    mentor_with_protege: Type.Optional(Type.Boolean({ description: 'Only a mentor and a protégé may be partners' })),
  },
  closed,
)
export type Rules = Static<typeof Rules>

export const MOST_CRITERIA = 40

export const Hierarchy = Type.Object(
  { rules: Rules, criteria: Type.Array(Criterion, { minItems: 1, maxItems: MOST_CRITERIA }) },
  closed,
)
export type Hierarchy = Static<typeof Hierarchy>
