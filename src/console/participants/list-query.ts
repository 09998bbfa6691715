import { type Static, Type } from '@fastify/type-provider-typebox'
import { APPLICATION_STATES, type ParticipantChoice } from '../../features/people/index.ts'
import { InvalidInput } from '../../lib/errors.ts'

const words = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/** The filters as their form sends them: one that is not used comes empty. */
export const ListQuery = Type.Object({
  q: words(200),
  state: words(200),
  country: words(200),
  sector: words(200),
  pathway: words(200),
  matched: Type.Optional(Type.Union([Type.Literal('yes'), Type.Literal('no'), Type.Literal('')])),
  everywhere: words(5),
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  notice: words(40),
})
export type ListQuery = Static<typeof ListQuery>

/** @throws InvalidInput for a state that there is not */
export function readChoice(query: ListQuery): ParticipantChoice {
  const state = given(query.state)
  const matched = given(query.matched)
  return {
    states: state === undefined ? undefined : readStates(state),
    country: given(query.country),
    sector: given(query.sector),
    pathway: given(query.pathway),
    matched: matched === undefined ? undefined : matched === 'yes',
    text: given(query.q),
  }
}

/** Postgres has no NUL in texts, so nothing can be found by it. */
export function given(text: string | undefined): string | undefined {
  return text?.replaceAll('\0', '').trim() || undefined
}

function readStates(text: string): string[] {
  const states = text.split(',').map((state) => state.trim())
  const unknown = states.find((state) => !(APPLICATION_STATES as readonly string[]).includes(state))
  if (unknown === undefined) return states
  throw new InvalidInput([{ field: 'state', message: `"${unknown}" is not a state of an application.` }])
}

const KEPT = ['q', 'state', 'country', 'sector', 'pathway', 'matched', 'everywhere'] as const

/** The address of a page with the same filters. */
export function hrefOf(path: string, query: ListQuery, more: Record<string, string> = {}): string {
  const kept = KEPT.flatMap((name) => {
    const value = given(query[name])
    return value === undefined ? [] : [[name, value]]
  })
  const search = new URLSearchParams({ ...Object.fromEntries(kept), ...more }).toString()
  return search === '' ? path : `${path}?${search}`
}

/** Whether a filter of one round is in use. */
export const isFiltered = (query: ListQuery): boolean => Object.values(readChoice(query)).some((v) => v !== undefined)
