import { Type } from '@fastify/type-provider-typebox'
import { type Audience, type AudienceChoices, DEFAULT_STATES } from '../../features/campaigns/index.ts'
import { countryName } from '../../lib/countries.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { describeChosen } from './present-who.ts'
import { APPLICATION_STATES, number } from './wording.ts'

const Many = Type.Optional(
  Type.Union([Type.String({ maxLength: 200 }), Type.Array(Type.String({ maxLength: 200 }), { maxItems: 300 })]),
)

/** The fields of the form that chooses an audience. Nothing ticked in a list narrows nothing. */
export const AudienceFields = Type.Object({
  /** Set when the fields come from the form: without it they are those of the campaign. */
  chosen: Type.Optional(Type.String({ maxLength: 1 })),
  states: Many,
  matched: Type.Optional(Type.String({ maxLength: 3 })),
  countries: Many,
  sectors: Many,
  pathways: Many,
  deliveries: Type.Optional(Type.String({ maxLength: 10 })),
})
type Given = string | string[] | undefined
export interface AudienceFields {
  chosen?: string
  states?: Given
  matched?: string
  countries?: Given
  sectors?: Given
  pathways?: Given
  deliveries?: string
}

const listOf = (given: Given) => (given === undefined ? [] : [given].flat().filter((value) => value !== ''))

/** @param before the campaign's present audience: who was chosen by their delivery can be kept, not typed */
export function readAudience(fields: AudienceFields, before: Audience): { audience: Audience; faults: FieldFault[] } {
  if (fields.chosen === undefined) return { audience: before, faults: [] }
  const states = listOf(fields.states).filter((state) => Object.hasOwn(APPLICATION_STATES, state))
  const countries = listOf(fields.countries).filter((code) => /^[A-Z]{2}$/.test(code))
  const [sectors, pathways] = [listOf(fields.sectors), listOf(fields.pathways)]
  const audience: Audience = {
    ...(states.length > 0 ? { states: states as NonNullable<Audience['states']> } : {}),
    ...(fields.matched === 'yes' || fields.matched === 'no' ? { matched: fields.matched === 'yes' } : {}),
    ...(countries.length > 0 ? { countries } : {}),
    ...(sectors.length > 0 ? { sectors } : {}),
    ...(pathways.length > 0 ? { pathways } : {}),
    ...(fields.deliveries && before.deliveries ? { deliveries: before.deliveries } : {}),
  }
  const faults = states.length > 0 ? [] : [{ field: 'states', message: 'Tick at least one state of an application.' }]
  return { audience, faults }
}

/** The same fields as a query, for the page that counts them without JavaScript. */
export function queryOf(fields: AudienceFields): string {
  const query = new URLSearchParams({ chosen: '1' })
  for (const name of ['states', 'countries', 'sectors', 'pathways'] as const)
    for (const value of listOf(fields[name])) query.append(name, value)
  if (fields.matched) query.set('matched', fields.matched)
  if (fields.deliveries) query.set('deliveries', fields.deliveries)
  return query.toString()
}

/** View model of the form's fields. */
export function presentAudienceForm(audience: Audience, before: Audience, choices: AudienceChoices) {
  const { states = DEFAULT_STATES, matched, countries = [], sectors = [], pathways = [] } = audience
  const boxes = (counts: Record<string, number>, ticked: readonly string[], name: (value: string) => string) => {
    // What is ticked is shown even where nobody of the round is like that any more.
    const values = [...new Set([...Object.keys(counts), ...ticked])]
    return values.map((value) => ({
      value,
      name: name(value),
      count: number(counts[value] ?? 0),
      ticked: ticked.includes(value),
    }))
  }
  const itself = (value: string) => value
  const group = (name: string, legend: string, ticked: readonly string[], all: ReturnType<typeof boxes>) => ({
    name,
    legend,
    summary: ticked.length === 0 ? 'all' : `only ${ticked.length} of ${all.length}`,
    open: ticked.length > 0,
    boxes: all,
  })
  const byName = boxes(choices.countries, countries, countryName).sort((a, b) => a.name.localeCompare(b.name, 'en'))
  const inOrder = Object.fromEntries(
    Object.keys(APPLICATION_STATES).map((state) => [state, choices.states[state] ?? 0]),
  )
  return {
    states: boxes(inOrder, states, (state) => APPLICATION_STATES[state] ?? state),
    matched_any: matched === undefined,
    matched_yes: matched === true,
    matched_no: matched === false,
    groups: [
      group('countries', 'Countries', countries, byName),
      group('sectors', 'Sectors', sectors, boxes(choices.sectors, sectors, itself)),
      group('pathways', 'Pathways', pathways, boxes(choices.pathways, pathways, itself)),
    ].filter(({ boxes: all }) => all.length > 0),
    deliveries: before.deliveries ? describeChosen(before.deliveries) : '',
    deliveries_ticked: audience.deliveries !== undefined,
  }
}
