import { Type } from '@fastify/type-provider-typebox'
import type { RoundChange, RoundRow } from '../../features/rounds/index.ts'
import { type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { type FieldView, presentField } from '../settings/form.ts'

const text = Type.String({ default: '', maxLength: 2000 })

/** The fields of a round as their form sends them. */
export const RoundFields = {
  name: text,
  applications_open_on: text,
  applications_close_on: text,
  confirm_by: text,
  starts_on: text,
  ends_on: text,
  country_cap_percent: text,
}
export type RoundTyped = Record<keyof typeof RoundFields, string>

export const FIELDS = Object.keys(RoundFields) as (keyof RoundTyped)[]
const NEW_ROUND: RoundTyped = {
  ...{ name: '', applications_open_on: '', applications_close_on: '', confirm_by: '', starts_on: '', ends_on: '' },
  country_cap_percent: '20',
}

/** A form for a round as it is, or for a new one. */
export function typedFrom(round: RoundRow | undefined): RoundTyped {
  if (!round) return NEW_ROUND
  return Object.fromEntries(FIELDS.map((field) => [field, String(round[field] ?? '')])) as RoundTyped
}

/** What was typed as values: an empty date is one that is not decided. @throws InvalidInput for the cap */
export function readRound(typed: RoundTyped): Required<RoundChange> {
  const day = (value: string) => value.trim() || null
  const cap = Number(typed.country_cap_percent.trim())
  if (!Number.isInteger(cap) || cap < 1 || cap > 100)
    throw new InvalidInput([{ field: 'country_cap_percent', message: 'Write a whole number from 1 to 100.' }])
  const name = typed.name.replaceAll('\0', '').trim()
  if (name.length > 200) throw new InvalidInput([{ field: 'name', message: 'It has more than 200 characters.' }])
  return {
    name,
    applications_open_on: day(typed.applications_open_on),
    applications_close_on: day(typed.applications_close_on),
    confirm_by: day(typed.confirm_by),
    starts_on: day(typed.starts_on),
    ends_on: day(typed.ends_on),
    country_cap_percent: cap,
  }
}

/** Only the fields that were changed in the form. */
export function changesOf(typed: RoundTyped, seen: RoundTyped): RoundChange {
  const after = readRound(typed)
  const before = readRound(seen)
  const changed = FIELDS.filter((field) => after[field] !== before[field])
  return Object.fromEntries(changed.map((field) => [field, after[field]]))
}

const LABELS: [keyof RoundTyped, string, string][] = [
  ['name', 'Name', 'As readers see it, such as “International Librarians Network 2016A”.'],
  ['applications_open_on', 'Applications open', ''],
  ['applications_close_on', 'Last day of applications', ''],
  ['confirm_by', 'Last day to confirm', ''],
  ['starts_on', 'Start', ''],
  ['ends_on', 'Last day', ''],
  ['country_cap_percent', 'Country cap', 'A country with more than so many percent of the applicants is over the cap.'],
]

/** @param except a field that is shown otherwise */
export function presentFields(
  typed: RoundTyped,
  faults: readonly FieldFault[],
  except?: keyof RoundTyped,
): FieldView[] {
  return LABELS.filter(([name]) => name !== except).map(([name, label, hint]) => {
    const type = name.endsWith('_on') || name === 'confirm_by' ? 'date' : 'text'
    return presentField({ name, label, hint, value: typed[name], type, short: name !== 'name' }, faults)
  })
}
