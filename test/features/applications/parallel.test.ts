import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { hasPlace } from '../../../src/features/applications/triage/cap-rules.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { answersOf, openForm } from './form-app.ts'

const APPLICANTS = 1000
/** Of these, so many send a second form. */
const TWICE = 20
const COUNTRIES = ['AU', 'KE', 'AU', 'BR', 'FI', 'AU', 'JP', 'FR', 'AU', 'NZ']

test('a thousand people who apply at the same moment: nobody is lost, nobody is there twice, no country has too many', {
  timeout: 180_000,
}, async () => {
  const { deps, post, mails, applications, round } = await openForm()
  const { db, keys } = deps
  const { conduct: _shown, ...whole } = Object.assign({}, ...answersOf()) as Record<string, unknown>
  const { id: conduct } = await db
    .insertInto('codes_of_conduct')
    .values({ version: '1', body_markdown: 'Be kind.', published_at: deps.clock.now() })
    .returning('id')
    .executeTakeFirstOrThrow()
  // Forms that are filled in: what counts is what happens from the last button on.
  const forms = Array.from({ length: APPLICANTS + TWICE }, (_, at) => {
    const person = at % APPLICANTS
    const email = `reader${person}@library.example`
    const country = COUNTRIES[person % COUNTRIES.length] as string
    return {
      email,
      country,
      answers: { ...whole, email, country, name: `Reader Number${person}`, given_name: 'Reader' },
    }
  })
  const { rows } = await sql<{ id: number }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(forms)}::jsonb) as f(email text, country char(2), answers jsonb)
    ), numbered as (
      select *, row_number() over () as n from given
    ), made as (
      insert into contacts (address, given_name, country_code, created_at)
      select email, 'Reader', country, ${deps.clock.now()} from numbered order by n returning id
    ), contacted as (select id, row_number() over (order by id) as n from made)
    insert into application_drafts (round_id, contact_id, answers, step, code_of_conduct_id, created_at, updated_at)
    select ${round.id}, contacted.id, answers, 5, ${conduct}, ${deps.clock.now()}, ${deps.clock.now()}
    from contacted join numbered using (n) order by n returning id`.execute(db)

  const sent = await Promise.all(
    rows.map(({ id }) => post(`/apply/2016A/5?form=${signToken(keys, 'form', id)}`, { version: '1' })),
  )
  expect(new Set(sent.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
  const links = (await mails()).filter(({ key }) => key === 'application_received')
  expect(links).toHaveLength(APPLICANTS + TWICE)
  const verified = await Promise.all(links.map(({ verify }) => post(verify, { do: 'verify' })))
  expect(new Set(verified.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))

  const all = await applications()
  expect(all).toHaveLength(APPLICANTS)
  expect(new Set(all.map(({ address }) => address)).size).toBe(APPLICANTS)
  expect(await db.selectFrom('people').select('id').execute()).toHaveLength(APPLICANTS)
  // In the order in which they came, each has a place exactly when their country had one left for them after all who waited.
  const holding = new Map<string, number>()
  const lining = new Map<string, number>()
  for (const [at, { country_code, state }] of all.entries()) {
    const held = holding.get(country_code) ?? 0
    const waitlisted = lining.get(country_code) ?? 0
    const may = hasPlace({ holding: held, waitlisted, applicants: at + 1, cap_percent: 20 })
    expect(state).toBe(may ? 'applied' : 'waitlisted')
    if (may) holding.set(country_code, held + 1)
    else lining.set(country_code, waitlisted + 1)
  }
  expect(holding.get('AU')).toBeLessThanOrEqual(APPLICANTS / 5)
  const waiting = all.filter(({ state }) => state === 'waitlisted')
  expect(waiting.length).toBeGreaterThanOrEqual(APPLICANTS / 5)
  const told = (await mails()).filter(({ key }) => key === 'country_waitlist')
  expect(told.map(({ person_id }) => person_id).toSorted()).toEqual(
    waiting.map(({ person_id }) => person_id).toSorted(),
  )
})
