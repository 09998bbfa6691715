import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { erasePerson, exportPerson, IN_EXPORT, LEFT_OUT } from '../../../src/features/privacy/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { listTablesOf } from './every-column.ts'
import { ADDRESS, FAMILY, fillOnePerson, GIVEN } from './one-person.ts'

test('every table that leads to a person or their mail is in the export, or somebody has said why not', async () => {
  const { db } = await openTestDeps()
  const roots = ['people', 'contacts', 'deliveries', 'incoming_messages']
  const tables = new Set((await Promise.all(roots.map((root) => listTablesOf(db, root)))).flat())
  // No foreign key leads from these, but a value.
  for (const table of ['suppressions', 'import_changes', 'tracking_changes']) tables.add(table)
  // Their rows lead on to people by tables that are decided about themselves.
  const undecided = [...tables].filter((table) => !(table in IN_EXPORT) && !(table in LEFT_OUT))
  expect(undecided).toEqual([])
  for (const why of Object.values(LEFT_OUT)) expect(why).toMatch(/\w.*\.$/)
})

test('the export has everything, in words, and of the partner a given name and a country', async () => {
  const deps = await openTestDeps()
  await fillOnePerson(deps)
  await sql`update applications set special_request = 'Somebody who sings' where id = 1`.execute(deps.db)
  await sql`update partnerships set introduced_at = now(), reasons = 'You both like music.', end_reason = 'Mikko is ill'`.execute(
    deps.db,
  )
  await sql`update inbox_items set note = 'She rang us.'`.execute(deps.db)
  const found = await exportPerson(deps, { id: 1 })
  expect(found).toMatchObject({
    person: {
      given_name: GIVEN,
      family_name: FAMILY,
      country: 'Brazil',
      addresses: [{ address: ADDRESS, is_primary: true }],
    },
    applications: [
      {
        round: '2016A',
        state: 'confirmed',
        special_request: 'Somebody who sings',
        answers: { interests: ['music'] },
        history: [{ state: 'applied' }, { state: 'confirmed' }],
        confirmations: [{ before: 'applied', answer: 'confirmed', source: 'reply' }],
      },
    ],
    forms: [{ round: '2016A', step: 2 }],
    contacts: [{ address: ADDRESS, given_name: 'Noor' }],
    partnerships: [
      {
        reasons: 'You both like music.',
        partners: [{ given_name: 'Mikko', country_code: 'FI' }],
        check_ins: [{ answer: 'in_touch' }],
      },
    ],
    matching: [
      { outcome: 'proposed', score: 5000 },
      { outcome: 'left over', reason: 'broken' },
    ],
    consents: [{ purpose: 'tracking', given: true, wording: 'May we count what you open?' }],
    preference_changes: [{ before: { given_name: 'Z' } }],
    stops: [{ reason: 'unsubscribed' }, { reason: 'hard_bounce' }, { reason: 'manual' }],
    messages: [
      { subject: 'Re: Topic', text: 'Perhaps.', staff: { note: 'She rang us.', replies: [{ text: 'Dear Z' }] } },
    ],
    imports: [{ what: 'people' }, { what: 'applications' }, { what: 'addresses' }],
    erasures: [],
  })
  expect(found.emails).toHaveLength(3)
  expect(found.emails[0]).toMatchObject({
    kind: 'topic',
    round: '2016A',
    state: 'accepted',
    address: ADDRESS,
    attempts: [{ address: ADDRESS, code: 250 }],
    events: [{ kind: 'bounce', class: 'hard' }, { kind: 'bounce' }],
    clicks_and_opens: [{ link: 'https://example.org/', method: 'GET', program: 'Browser' }],
    counted: [{ link: 'https://example.org/', by_a_person: 1, by_a_machine: 0 }],
  })
  expect(JSON.stringify(found)).not.toMatch(/Laine|mikko@|Mikko is ill/)
  // Places that the list of tables names are there.
  for (const place of Object.values(IN_EXPORT)) expect(found).toHaveProperty(place.split(/[.[]/)[0] as string)
})

test('of who was erased there is what is left, and that they were', async () => {
  const deps = await openTestDeps()
  await fillOnePerson(deps)
  await erasePerson(deps, { id: 1, reason: 'asked', erased_by: 'staff 1' })
  expect(await exportPerson(deps, { id: 1 })).toMatchObject({
    person: { given_name: 'Erased person', family_name: '', addresses: [] },
    applications: [{ round: '2016A', state: 'confirmed', answers: {}, special_request: null }],
    contacts: [],
    stops: [],
    erasures: [{ reason: 'asked' }],
  })
})
