import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { addProgrammeRoutes, getProgramme, updateProgramme } from '../../../src/features/programme/index.ts'
import { InvalidInput } from '../../../src/lib/errors.ts'
import { openTestDeps } from '../../support/deps.ts'
import { serveRoutes } from '../../support/routes.ts'

const WHOLE = {
  name: 'International Librarians Network',
  contact_address: 'Hello@ILN.example',
  from_name: 'The ILN team',
  footer: 'ILN, PO Box 1, Sydney NSW 2000\r\nhttps://iln.example  ',
  languages: ['en', 'FR-ca', 'en'],
  second_person_over: 100,
  count_clicks: false,
}

test('a new programme has one language, and nothing else is said', async () => {
  const { db } = await openTestDeps()
  expect(await getProgramme(db)).toMatchObject({
    name: '',
    contact_address: '',
    from_name: '',
    footer: '',
    languages: ['en'],
    second_person_over: null,
    count_clicks: true,
  })
})

test('what is given changes and is tidied, the rest stays', async () => {
  const deps = await openTestDeps()
  await updateProgramme(deps, WHOLE)
  await updateProgramme(deps, { second_person_over: null })
  expect(await getProgramme(deps.db)).toMatchObject({
    name: 'International Librarians Network',
    contact_address: 'hello@iln.example',
    from_name: 'The ILN team',
    footer: 'ILN, PO Box 1, Sydney NSW 2000\nhttps://iln.example',
    languages: ['en', 'fr-CA'],
    second_person_over: null,
    count_clicks: false,
  })
})

test.each([
  ['name', { name: 'two\nlines' }],
  ['name', { name: 'x'.repeat(201) }],
  ['name', { name: '<b>ILN</b>' }],
  ['name', { name: 'nul\u0000' }],
  ['from_name', { from_name: 'ILN\r\nBcc: all@iln.example' }],
  ['from_name', { from_name: 'the \u202eteam' }],
  ['from_name', { from_name: '{{sender.name}}' }],
  ['from_name', { from_name: 'x'.repeat(101) }],
  ['contact_address', { contact_address: 'nobody' }],
  ['contact_address', { contact_address: 'a@b.example, c@d.example' }],
  ['footer', { footer: 'a\nb\nc\nd\ne\nf' }],
  ['footer', { footer: 'x'.repeat(501) }],
  ['footer', { footer: 'line\n'.repeat(5000) }],
  ['footer', { footer: 'Dear {{participant.given_name}}' }],
  ['footer', { footer: 'nul\u0000' }],
  ['footer', { footer: 'to the \u202eleft' }],
  ['languages', { languages: [] }],
  ['languages', { languages: ['en', 'zz'] }],
  ['languages', { languages: ['<script>'] }],
  ['second_person_over', { second_person_over: 0 }],
  ['second_person_over', { second_person_over: 1_000_001 }],
  ['second_person_over', { second_person_over: 1.5 }],
])('%s is refused with a sentence: %j', async (field, change) => {
  const deps = await openTestDeps()
  await updateProgramme(deps, WHOLE)
  const before = await getProgramme(deps.db)
  const fault = await updateProgramme(deps, change).catch((error) => error)
  expect(fault).toBeInstanceOf(InvalidInput)
  expect(fault.faults).toMatchObject([{ field, message: expect.stringMatching(/\.$/) }])
  expect(await getProgramme(deps.db)).toEqual(before)
})

test('every faulty field is named at once', async () => {
  const deps = await openTestDeps()
  const fault = await updateProgramme(deps, { name: 'a\nb', footer: '{{x}}', languages: [] }).catch((error) => error)
  expect(fault.faults.map(({ field }: { field: string }) => field)).toEqual(['name', 'footer', 'languages'])
})

test('of two who opened the same settings, the second is told before anything is written over', async () => {
  const deps = await openTestDeps()
  const { updated_at } = await getProgramme(deps.db)
  const saves = await Promise.allSettled([
    updateProgramme(deps, { name: 'One' }, updated_at),
    updateProgramme(deps, { name: 'Two' }, updated_at),
  ])
  expect(saves.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(saves.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'programme_changed' } })
})

test('two changes within one millisecond of the clock are still two', async () => {
  const deps = await openTestDeps()
  const first = await updateProgramme(deps, { name: 'One' })
  await updateProgramme(deps, { name: 'Two' }, first.updated_at)
  await expect(updateProgramme(deps, { name: 'Three' }, first.updated_at)).rejects.toMatchObject({
    code: 'programme_changed',
  })
})

test('the API reads and changes the settings, and names what it refuses', async () => {
  const deps = await openTestDeps()
  await sql`update programme set name = 'ILN'`.execute(deps.db)
  const app = await serveRoutes((app) => addProgrammeRoutes(app, deps))
  expect((await app.inject('/programme')).json()).toMatchObject({ name: 'ILN', languages: ['en'] })
  const patch = (payload: object) => app.inject({ method: 'PATCH', url: '/programme', payload })
  expect(
    (await patch({ languages: ['ar', 'en'], second_person_over: null, count_clicks: false })).json(),
  ).toMatchObject({
    name: 'ILN',
    languages: ['ar', 'en'],
    second_person_over: null,
    count_clicks: false,
  })
  const refused = await patch({ footer: 'x'.repeat(501), from_name: 'a\nb' })
  expect(refused.statusCode).toBe(422)
  expect(refused.json().errors.map(({ field }: { field: string }) => field)).toEqual(['from_name', 'footer'])
  expect((await patch({ nickname: 'x' })).statusCode).toBe(422)
  expect((await patch({ count_clicks: 'maybe' })).statusCode).toBe(422)
})
