import { expect, test } from 'vitest'
import { importApplications } from '../../../src/features/imports/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { csvOf, type Form, readForms } from '../../support/exports.ts'

async function openRound(): Promise<TestDeps> {
  const deps = await openTestDeps()
  await createRound(deps, { code: '2016A', name: 'Round' })
  return deps
}

const bring = (deps: TestDeps, forms: Form[], more = {}) =>
  importApplications(deps, { code: '2016A', content: csvOf(forms), ...more })

const people = (deps: TestDeps) =>
  deps.db
    .selectFrom('people')
    .innerJoin('applications', 'applications.person_id', 'people.id')
    .innerJoin('addresses', 'addresses.person_id', 'people.id')
    .select(['address', 'given_name', 'family_name', 'applications.country_code', 'submitted_at', 'answers', 'pathway'])
    .orderBy('people.id')
    .execute()

test('the later form of a person wins, whatever their order in the file', async () => {
  const deps = await openRound()
  const result = await bring(deps, [
    { at: '1/22/2016 10:00:00', country: 'Chile', given: 'Later' },
    { at: '1/21/2016 10:00:00', country: 'Peru', address: ' ANNA@LIBRARY.EXAMPLE ' },
    { at: '1/21/2016 10:00:00', address: 'ben@library.example', given: 'Ben' },
    { at: '1/21/2016 10:00:00', address: 'ben@library.example', given: 'Lower' },
  ])
  expect(result).toMatchObject({ rows: 4, applicants: 2, created: 2, resubmitted: 2 })
  expect(await people(deps)).toMatchObject([
    { given_name: 'Later', country_code: 'CL', submitted_at: new Date('2016-01-22T10:00:00Z') },
    { given_name: 'Lower' },
  ])
})

test('a form of another file replaces an older one and never a newer one', async () => {
  const deps = await openRound()
  await bring(deps, [{ at: '1/20/2016 10:00:00', country: 'Chile' }])
  expect(await bring(deps, [{ at: '1/19/2016 10:00:00', country: 'Peru' }])).toMatchObject({ updated: 0, unchanged: 1 })
  expect(await people(deps)).toMatchObject([{ country_code: 'CL' }])
  expect(await bring(deps, [{ at: '1/21/2016 10:00:00', country: 'Peru' }])).toMatchObject({ created: 0, updated: 1 })
  expect(await people(deps)).toMatchObject([{ country_code: 'PE' }])
})

test('two forms from two addresses of one person count once', async () => {
  const deps = await openRound()
  await bring(deps, [{}])
  const { person_id } = await deps.db.selectFrom('addresses').select('person_id').executeTakeFirstOrThrow()
  await deps.db.insertInto('addresses').values({ person_id, address: 'anna@home.example', is_primary: false }).execute()
  const result = await bring(deps, [
    { at: '2/1/2016 10:00:00', address: 'anna@home.example', country: 'Chile' },
    { at: '1/31/2016 10:00:00', country: 'Peru' },
  ])
  expect(result).toMatchObject({ rows: 2, applicants: 1, updated: 1, resubmitted: 1 })
  expect(new Set((await people(deps)).map(({ country_code }) => country_code))).toEqual(new Set(['CL']))
})

test('a dry run says the same as the import and changes nothing', async () => {
  const deps = await openRound()
  const forms = [{}, { address: 'ben@library.example', agrees: 'No' }, { country: 'Atlantis' }]
  const dry = await bring(deps, forms, { dry_run: true })
  expect(await people(deps)).toEqual([])
  expect(await deps.db.selectFrom('import_changes').selectAll().execute()).toEqual([])
  const real = await bring(deps, forms)
  expect(real).toMatchObject({ created: 2, refused_conduct: 1 })
  expect({ ...dry, import_id: 0, dry_run: false }).toEqual({ ...real, import_id: 0 })
})

const NAMES: [string, string][] = [
  ['محمد', 'عبد الرحمن'],
  ['نیلوفر', 'علی\u200cآبادی'],
  ['יעל', 'כהן'],
  ['浩晨', '金'],
  ['さくら', '山田'],
  ['민준', '김'],
  ['Ольга', 'Кузнецова'],
  ['Γιώργος', 'Παπαδόπουλος'],
  ['სოფიო', 'ბერიძე'],
  ['Արամ', 'Սարգսյան'],
  ['अनुष्का', 'क्ष\u200dत्रिय'],
  ['অনিতা', 'চট্টোপাধ্যায়'],
  ['ਹਰਪ੍ਰੀਤ', 'ਸਿੰਘ'],
  ['કિરણ', 'પટેલ'],
  ['கவிதா', 'சுப்பிரமணியன்'],
  ['లక్ష్మి', 'రెడ్డి'],
  ['ಕಾವ್ಯ', 'ಗೌಡ'],
  ['അഞ്ജലി', 'നായർ'],
  ['ශනිකා', 'පෙරේරා'],
  ['สมชาย', 'ใจดี'],
  ['အောင်', 'ကျော်'],
  ['សុខា', 'ចាន់'],
  ['ትግስት', 'በቀለ'],
  ['བསྟན་འཛིན', 'རྒྱ་མཚོ'],
  ['Nguyễn', 'Thị Ánh'],
  ['A\u030angstro\u0308m', 'decomposed'],
  ['D’Arcy', "O'Brien-Smith Jr."],
  ['McAllister', 'van der Berg'],
  ['JJ', 'Smith'],
  ['anna', 'carter'],
]

test('names of more than twenty scripts come in octet for octet', async () => {
  const deps = await openRound()
  const forms = NAMES.map(([given, family], at) => ({ given, family, address: `person${at}@library.example` }))
  expect(await bring(deps, forms)).toMatchObject({ created: NAMES.length, faulty: [], cleaned: [] })
  const found = await people(deps)
  expect(found.map(({ given_name, family_name }) => [given_name, family_name])).toEqual(NAMES)
})

test.each([
  ['ANNA', 'CARTER', 'Anna', 'Carter'],
  ['LI', 'WEI', 'Li', 'Wei'],
  ['Marie', 'DUPONT-AIGNAN', 'Marie', 'Dupont-Aignan'],
  ['SEAN', "O'BRIEN III", 'Sean', "O'Brien III"],
  ['JOSÉ  MARÍA', 'ÑANDÚ', 'José María', 'Ñandú'],
  ['İSMAİL', 'IŞIK', 'İsmail', 'Işık'],
  ['ΓΙΩΡΓΟΣ', 'ΝΙΚΟΥ', 'Γιωργος', 'Νικου'],
  ['  Anna ', '\u00a0Carter', 'Anna', 'Carter'],
  ['Suharto', '-', 'Suharto', ''],
  ['Suharto', 'N/A', 'Suharto', ''],
])('the name %j %j becomes %j %j', async (given, family, given_name, family_name) => {
  const { forms, faults } = await readForms(csvOf([{ given, family }]))
  expect(faults).toEqual([])
  expect(forms).toMatchObject([{ given_name, family_name }])
})

test.each([
  ['1/20/2016 9:05:06 PM', '2016-01-20T21:05:06.000Z'],
  ['20/1/2016 21:05:06', '2016-01-20T21:05:06.000Z'],
  ['2016-01-20T21:05:06+10:00', '2016-01-20T11:05:06.000Z'],
  ['2016/01/20 9:05:06 pm GMT+11', '2016-01-20T10:05:06.000Z'],
  ['2016-01-20', '2016-01-20T00:00:00.000Z'],
])('a form of %s was sent at %s', async (at, submitted_at) => {
  expect((await readForms(csvOf([{ at }]))).forms).toMatchObject([{ submitted_at }])
})

test('a day above twelve anywhere in the file says which number is the month', async () => {
  const { forms } = await readForms(
    csvOf([{ at: '2/1/2016 10:00:00' }, { at: '20/1/2016 10:00:00', address: 'ben@library.example' }]),
  )
  expect(forms).toMatchObject([
    { submitted_at: '2016-01-02T10:00:00.000Z' },
    { submitted_at: '2016-01-20T10:00:00.000Z' },
  ])
})

test('semicolons, tabs and a byte order mark are read too', async () => {
  for (const delimiter of [';', '\t']) {
    const deps = await openRound()
    const content = Buffer.from(
      `\ufeff${['Name', 'E-mail', 'Country'].join(delimiter)}\n${['Anna', 'anna@library.example', 'Chile'].join(delimiter)}\n`,
    )
    const result = await importApplications(deps, { code: '2016A', content })
    expect(result).toMatchObject({
      created: 1,
      refused_conduct: 1,
      notes: [/forms?/, /code of conduct/, /expectations/].map((words) => expect.stringMatching(words)),
    })
    expect(await people(deps)).toMatchObject([{ given_name: 'Anna', family_name: '', country_code: 'CL' }])
    expect(await importApplications(deps, { code: '2016A', content })).toMatchObject({ updated: 0, unchanged: 1 })
  }
})

test('a mapping given once is used again for the same header', async () => {
  const deps = await openRound()
  const content = Buffer.from('a,b,c,d\nanna@library.example,Anna,Chile,IRRT member\n')
  await expect(importApplications(deps, { code: '2016A', content })).rejects.toMatchObject({ code: 'unreadable_file' })
  await expect(
    importApplications(deps, { code: '2016A', content, mapping: { address: 'x', given_name: 9, nonsense: 1 } }),
  ).rejects.toMatchObject({
    faults: expect.arrayContaining(
      ['address', 'given_name', 'nonsense', 'country'].map((field) =>
        expect.objectContaining({ field: `mapping.${field}` }),
      ),
    ),
  })
  const mapping = { address: 'a', given_name: 2, country: ['c'], pathway: 'd' }
  const result = await importApplications(deps, { code: '2016A', content, mapping })
  expect(result).toMatchObject({ created: 1, mapping: { address: [1], given_name: [2], country: [3], pathway: [4] } })
  expect(await people(deps)).toMatchObject([{ pathway: 'IRRT' }])
  expect(await importApplications(deps, { code: '2016A', content })).toMatchObject({ unchanged: 1 })
})

test('a country over the cap is reported with its share of the whole round', async () => {
  const deps = await openRound()
  const from = (country: string, at: number): Form => ({
    country,
    address: `person${at}@${country.toLowerCase()}.example`,
  })
  await bring(deps, ['Chile', 'Peru', 'Japan', 'Kenya', 'Fiji'].map(from))
  const more = [0, 1, 2].map((at) => from('Chile', at + 10))
  const expected = { by_country_over_cap: [{ country: 'CL', applicants: 4, percent: 50 }] }
  expect(await bring(deps, more, { dry_run: true })).toMatchObject(expected)
  expect(await bring(deps, more)).toMatchObject(expected)
})
