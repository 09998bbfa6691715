import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { getPerson, type Person, type PersonValues, updatePerson } from '../../features/people/index.ts'
import { countryName, listCountryCodes } from '../../lib/countries.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../lib/errors.ts'
import { zoneOfCountry } from '../../lib/time-zones.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { PersonParams } from './person-page.ts'
import { nameOf } from './words.ts'

const FIELDS = ['given_name', 'family_name', 'country_code', 'language', 'time_zone'] as const
type Typed = Record<(typeof FIELDS)[number], string>

const words = Type.String({ maxLength: 1000 })
const EditForm = Type.Object({
  given_name: words,
  family_name: words,
  country_code: words,
  language: words,
  time_zone: words,
  /** What the form showed first, so that another's change in between is not overwritten unseen. */
  seen: Type.String({ maxLength: 5000 }),
})

/** GET and POST /console/participants/:id/edit. */
export function addEditPage(app: TypedApp, deps: ConsoleDeps): void {
  const show = (reply: FastifyReply, person: Person, typed: Typed, faults: FieldFault[] = []) =>
    deps.shell.show(
      reply,
      'participants/edit',
      { title: `Edit ${nameOf(person)}`, nav: 'participants' },
      {
        path: `/console/participants/${person.id}`,
        name: nameOf(person),
        typed,
        seen: JSON.stringify(typedOf(person)),
        faults,
        faulty: Object.fromEntries(FIELDS.map((field) => [field, faults.some((fault) => fault.field === field)])),
        countries: listCountries(typed.country_code),
        assumedZone: zoneOfCountry(person.country_code),
        zones: Intl.supportedValuesOf('timeZone'),
      },
    )

  app.route({
    method: 'GET',
    url: '/console/participants/:id/edit',
    config: { allow: 'people.write', does: 'Look at a person to edit them', audited: true },
    schema: { params: PersonParams },
    handler: async ({ params }, reply) => {
      const person = await getPerson(deps, params)
      return show(reply, person, typedOf(person))
    },
  })

  app.route({
    method: 'POST',
    url: '/console/participants/:id/edit',
    config: { allow: 'people.write', does: 'Edit a person' },
    schema: { params: PersonParams, body: EditForm },
    handler: async ({ params, body }, reply) => {
      const typed = typedIn(body)
      try {
        await updatePerson(deps, { id: params.id, change: changeOf(typed), seen: readSeen(body.seen) })
        return reply.redirect(`/console/participants/${params.id}?notice=edited`, 303)
      } catch (error) {
        const person = await getPerson(deps, params)
        if (error instanceof InvalidInput) {
          const faults = error.faults.map((fault) => ({ ...fault, field: COLUMN_OF[fault.field] ?? fault.field }))
          return show(reply.status(422), person, typed, faults)
        }
        if (!(error instanceof Conflict)) throw error
        return show(reply.status(409), person, typed, [{ field: 'given_name', message: sayChanged(person) }])
      }
    },
  })
}

const COLUMN_OF: Record<string, string> = { country: 'country_code' }

const typedIn = (body: Static<typeof EditForm>): Typed =>
  Object.fromEntries(FIELDS.map((field) => [field, body[field].replaceAll('\0', '')])) as Typed

const typedOf = (person: Person): Typed =>
  Object.fromEntries(FIELDS.map((field) => [field, person[field] ?? ''])) as Typed

const changeOf = ({ given_name, family_name, country_code, language, time_zone }: Typed) => ({
  given_name,
  family_name,
  country: country_code,
  language: language.trim(),
  time_zone: time_zone.trim() || null,
})

/** @throws InvalidInput when the hidden field is not what the form had written */
function readSeen(text: string): PersonValues {
  try {
    const seen = JSON.parse(text) as Partial<Record<string, unknown>>
    const values = FIELDS.map((field) => [field, seen[field]] as const)
    if (values.every(([, value]) => typeof value === 'string' && !value.includes('\0'))) {
      const { time_zone, ...rest } = Object.fromEntries(values) as Typed
      return { ...rest, time_zone: time_zone || null }
    }
  } catch {
    // said below
  }
  throw new InvalidInput([{ field: '', message: 'The form came back changed. Look at it once more and save again.' }])
}

const sayChanged = (person: Person) =>
  `Somebody has changed this person since you opened the form. It says now: ${nameOf(person)}, ${person.country}, ` +
  `${person.language}, ${person.time_zone ?? 'the zone of the country'}. Save again to put yours in its place.`

function listCountries(selected: string) {
  return listCountryCodes()
    .map((value) => ({ value, text: countryName(value), selected: value === selected }))
    .sort((a, b) => a.text.localeCompare(b.text, 'en'))
}
