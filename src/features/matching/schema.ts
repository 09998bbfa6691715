import { Type } from '@fastify/type-provider-typebox'
import type { Criterion, Hierarchy } from './scores/index.ts'
import { LARGEST_GROUP, MODES, ODD_ONES, POLICIES, SMALLEST_GROUP } from './settings/choices.ts'

/** Shapes that several routes of matching share. */

export const closed = { additionalProperties: false } as const

/** One of these words. TypeBox loses the type of a union made from a list, so it is said. */
export function oneOf<Word extends string>(words: readonly Word[], description?: string) {
  const options = description === undefined ? {} : { description }
  return Type.Unsafe<Word>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      options,
    ),
  )
}

export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
export const IdParams = Type.Object({ id: Id })
export const CodeParams = Type.Object({ code: Type.String({ maxLength: 32 }) })
export const TwoPeople = Type.Unsafe<[number, number]>(
  Type.Array(Id, { minItems: 2, maxItems: 2, description: 'Ids of two people' }),
)

/** Looked at by checkHierarchy, which says every fault in words; the full shape is that of the answer's `hierarchy`. */
export const hierarchyChange = {
  criteria: Type.Optional(
    Type.Unsafe<Criterion[] | Record<string, number>>(
      Type.Union(
        [Type.Record(Type.String(), Type.Number()), Type.Array(Type.Object({}, { additionalProperties: true }))],
        {
          description:
            'All criteria anew, or new weights for some of them by their keys: {"sector": 30, "language": 0}',
        },
      ),
    ),
  ),
  rules: Type.Optional(
    Type.Unsafe<Partial<Hierarchy['rules']>>(
      Type.Object({}, { additionalProperties: true, description: 'Hard rules; what is not given stays' }),
    ),
  ),
}

export const choices = {
  policy: Type.Optional(
    oneOf(
      POLICIES,
      'Most people first in each. floor: then the best possible worst pair, then the total; total; balanced between them',
    ),
  ),
  mode: Type.Optional(oneOf(MODES, 'Pairs, mentors with protégés, or groups')),
  group_size: Type.Optional(
    Type.Integer({ minimum: SMALLEST_GROUP, maximum: LARGEST_GROUP, description: 'Of groups' }),
  ),
  odd_one: Type.Optional(oneOf(ODD_ONES, 'Where one is over: a trio, or the stand-in list')),
}
