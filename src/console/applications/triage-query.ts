import { type Static, Type } from '@fastify/type-provider-typebox'
import type { TriageWanted } from '../../features/applications/index.ts'
import { APPLICATION_STATES } from '../../features/people/index.ts'

export const Code = Type.Object({ code: Type.String({ maxLength: 32 }) })

/** The filters as their form sends them: one that is not used comes empty. */
export const TriageQuery = Type.Object({
  state: Type.Optional(Type.String({ maxLength: 20 })),
  country: Type.Optional(Type.String({ maxLength: 2 })),
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  notice: Type.Optional(Type.String({ maxLength: 20 })),
  count: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
})
export type TriageQuery = Static<typeof TriageQuery>

/** What is no state and no country picks nobody out. */
export function readWanted(code: string, { state, country, after }: TriageQuery): TriageWanted {
  return {
    code,
    state: (APPLICATION_STATES as readonly string[]).includes(state ?? '') ? state : undefined,
    country: /^[A-Z]{2}$/.test(country ?? '') ? country : undefined,
    after,
  }
}

export const pathOf = (code: string) => `/console/rounds/${encodeURIComponent(code)}/applications`

/** The address of the list, with these filters and what is beside them. */
export function hrefOf(code: string, { state, country }: TriageQuery, more: Record<string, string> = {}): string {
  const kept = { ...(state ? { state } : {}), ...(country ? { country } : {}), ...more }
  const query = new URLSearchParams(kept).toString()
  return query === '' ? pathOf(code) : `${pathOf(code)}?${query}`
}
