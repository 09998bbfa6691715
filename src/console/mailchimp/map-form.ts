import { Type } from '@fastify/type-provider-typebox'
import type { FieldFault } from '../../lib/errors.ts'
import { faultOf } from '../settings/form.ts'
import { FIELD_NAMES, FIELDS, type FieldName } from './words.ts'

const Tag = Type.String({ default: '', maxLength: 200 })

/** What the form of the map posts, beside the audience. */
export const MapForm = Type.Object({
  states: Type.Array(Type.String({ maxLength: 40 }), { default: [], maxItems: 20 }),
  count_opens: Type.Optional(Type.String({ maxLength: 10 })),
  'fields.given_name': Tag,
  'fields.family_name': Tag,
  'fields.country': Tag,
  'fields.round': Tag,
  'fields.state': Tag,
  'fields.partner': Tag,
  'fields.language': Tag,
})

/** What goes there: merge tags by our names, states of applications, whether opens are counted there. */
export interface MapChoice {
  fields: Record<FieldName, string>
  states: string[]
  count_opens: boolean
}

export const USUAL_MAP: MapChoice = {
  fields: {
    given_name: 'FNAME',
    family_name: 'LNAME',
    country: 'COUNTRY',
    round: 'ROUND',
    state: 'STATE',
    partner: 'PARTNER',
    language: 'LANGUAGE',
  },
  states: ['applied', 'waitlisted', 'confirmed'],
  count_opens: false,
}

export function mapOfForm(form: { states: string[]; count_opens?: string } & Record<string, unknown>): MapChoice {
  const tags = FIELD_NAMES.map((field) => [field, String(form[`fields.${field}`] ?? '').trim()] as const)
  return {
    fields: Object.fromEntries(tags) as Record<FieldName, string>,
    states: form.states,
    count_opens: form.count_opens === 'yes',
  }
}

const STATES = {
  applied: { text: 'Applied', hint: '' },
  waitlisted: { text: 'Wait-listed', hint: '' },
  confirmed: { text: 'Confirmed', hint: 'They take part in the round.' },
  declined: { text: 'Declined', hint: '' },
  lapsed: { text: 'Lapsed', hint: 'They did not answer in time.' },
  withdrawn: { text: 'Left the round', hint: '' },
} as const

/** What `{{> console/mailchimp/_map}}` shows. */
export function presentMap(choice: MapChoice, faults: readonly FieldFault[]) {
  return {
    states: Object.entries(STATES).map(([value, words], at) => ({
      // The first one is what a link from the summary of faults leads to.
      id: at === 0 ? 'states' : `states-${value}`,
      value,
      ...words,
      checked: choice.states.includes(value),
    })),
    states_fault: faultOf(faults, 'states'),
    tags: FIELD_NAMES.map((field) => ({
      name: `fields.${field}`,
      label: FIELDS[field].name,
      value: choice.fields[field],
      fault: faultOf(faults, `fields.${field}`),
    })),
    count_opens: choice.count_opens,
  }
}
