import { expect, test } from 'vitest'
import { answersOf, openForm } from './form-app.ts'

test('a form filled in page by page is an application once its address was shown to work', async () => {
  const { get, send, mails, verify, applications, deps } = await openForm()
  const sent = await send({ special_request: 'A partner\r\nwho teaches' })
  expect((await get(sent)).body).toContain('We have mailed a link to amina@library.example.')
  expect(await applications()).toEqual([])
  expect(await mails()).toMatchObject([
    { key: 'application_received', address: 'amina@library.example', person_id: null },
  ])
  deps.clock.advance(60_000)
  expect((await verify()).body).toContain('Your application is complete')
  expect(await applications()).toMatchObject([
    {
      ...{ state: 'applied', given_name: 'Amina', family_name: 'Okafor', address: 'amina@library.example' },
      ...{ country_code: 'KE', pathway: 'direct', sector: 'Public', career_stage: 'Mid career (6-15 years)' },
      ...{ code_of_conduct_agreed: true, commitment_agreed: true, special_request: 'A partner\nwho teaches' },
      submitted_at: new Date('2016-02-01T09:00:00Z'),
      code_of_conduct_agreed_at: new Date('2016-02-01T09:00:00Z'),
      answers: {
        interests: ['Advocacy', 'Copyright'],
        ...{ partner_sector: 'No preference', partner_career_stage: 'No preference', partner_interests: [] },
        ...{ heard_through: 'A colleague', previous_round: false },
      },
    },
  ])
  expect((await get(sent)).body).toContain('Your application is complete')
  expect((await mails()).length).toBe(1)
})

test('looking at any page, as mail scanners do, changes nothing', async () => {
  const { app, deps, fill, send, mails } = await openForm()
  const filled = await fill({ email: 'half@library.example' }, 3)
  await send()
  const mail = (await mails())[0]
  const token = filled.split('form=')[1]
  const everything = async () => {
    const tables = [
      'application_drafts',
      'contacts',
      'deliveries',
      'campaigns',
      'applications',
      'people',
      'codes_of_conduct',
    ] as const
    return Promise.all(tables.map((table) => deps.db.selectFrom(table).selectAll().orderBy('id').execute()))
  }
  const before = await everything()
  const paths = [
    '/apply',
    '/apply/2016A',
    '/apply/2016A/1',
    filled,
    `/apply/2016A/1?form=${token}`,
    `/apply/2016A/5?form=${token}`,
  ]
  paths.push(`/apply/2016A/sent?form=${token}`, `/apply/2016A/later?form=${token}`, '/apply/2016A/returning')
  paths.push(
    mail?.verify as string,
    mail?.resume as string,
    '/interest',
    '/interest/asked',
    '/conduct',
    '/conduct/1',
    '/expectations',
  )
  for (const url of paths) {
    for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) {
      const answer = await app.inject({ method, url })
      if (method === 'GET') expect([200, 302], url).toContain(answer.statusCode)
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  }
  expect(await everything()).toEqual(before)
})

test('fifty scanners at once, of the kind that ask for the head alone, do not stand in each other’s way', async () => {
  const { app } = await openForm()
  const asks = Array.from({ length: 50 }, () => app.inject({ method: 'HEAD', url: '/apply/2016A' }))
  expect(new Set((await Promise.all(asks)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
})

test('pages load nothing from elsewhere, have no script and may not be kept', async () => {
  const { get, fill } = await openForm()
  for (const url of ['/apply/2016A', '/apply/2016A/1', await fill(), '/interest', '/conduct', '/expectations']) {
    const { body, headers } = await get(url)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    expect(body).toContain('<meta name="robots" content="noindex">')
    expect(body).not.toMatch(/<script|https?:\/\//)
  }
})

test('Back and mistakes keep every answer, and the summary leads to each field', async () => {
  const { get, post, fill } = await openForm()
  const hostile = { name: '<b>"Ana"', given_name: '=cmd()', email: 'ana@@x', country: 'Atlantis', language: 'xx' }
  const refused = await post('/apply/2016A/1', hostile)
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('value="&lt;b&gt;&quot;Ana&quot;"')
  for (const id of Object.keys(hostile)) expect(refused.body).toContain(`<li><a href="#${id}">`)
  expect(refused.body).toMatch(/<title>To correct: You/)

  const third = await fill({ sector: 'School' }, 2)
  const back = await get(third.replace('/3?', '/2?'))
  expect(back.body).toMatch(/value="School" checked/)
  const wrong = await post(third, { interests: ['Advocacy', 'Astrology'], special_request: 'x'.repeat(5001) })
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).toMatch(/value="Advocacy" checked/)
  expect(wrong.body).toContain('Write less: 5000 characters are the most.')
  expect(wrong.body).toContain('Choose from what is offered.')
  expect(wrong.body).toContain('x'.repeat(5001))
  expect((await get(third)).body).not.toContain('Astrology')
})

test('what a form does not ask is left out, and nothing of it reaches the tables', async () => {
  const { get, post, fill, deps } = await openForm()
  const page = {
    ...answersOf()[0],
    state: 'confirmed',
    person_id: '1',
    __proto__: 'x',
    constructor: 'x',
    sector: 'Public',
  }
  const made = await post('/apply/2016A/1', page as Record<string, string>)
  expect(made.statusCode).toBe(303)
  const { answers } = await deps.db.selectFrom('application_drafts').select('answers').executeTakeFirstOrThrow()
  expect(Object.keys(answers as object).sort()).toEqual(['country', 'email', 'given_name', 'language', 'name'])
  // A question that is not asked cannot be answered: the branch stands on the page before.
  const url = await fill({ wishes: 'No', partner_sector: 'A different sector' })
  expect((await get(url)).body).not.toContain('A different one')
})

test('an earlier answer decides what a later page asks, and changing it asks for what is missing', async () => {
  const { get, post, fill } = await openForm()
  const check = await fill({ wishes: 'No', previous_round: 'Yes', heard_through: [] })
  const third = check.replace('/5?', '/3?')
  expect((await get(third)).body).not.toContain('What sector would you like')
  expect((await get(check.replace('/5?', '/4?'))).body).not.toContain('How did you hear')
  const second = check.replace('/5?', '/2?')
  const changed = await post(`${second}&check=1`, { ...answersOf({ wishes: 'Yes' })[1] })
  expect(changed.headers.location).toBe(check)
  // The last page sends whoever has something left to answer to it.
  const open = await get(check)
  expect([open.statusCode, open.headers.location]).toEqual([302, third])
  expect((await get(third)).body).toContain('What sector would you like')
})

test('who goes to a page too early is led to the first that is open; without a form, to the beginning', async () => {
  const { get, post, fill } = await openForm()
  const second = await fill({}, 1)
  const early = await get(second.replace('/2?', '/4?'))
  expect(early.headers.location).toBe(second)
  expect((await get('/apply/2016A/3')).headers.location).toBe('/apply/2016A')
  expect((await post('/apply/2016A/3', {})).headers.location).toBe('/apply/2016A')
  expect((await get('/apply/2016A/9')).statusCode).toBe(404)
  expect((await get('/apply/2099Z')).statusCode).toBe(404)
  expect((await get('/apply/2016A/2?form=guessed')).statusCode).toBe(404)
})

test('of two windows the second is told: answers are kept as sent last, and nothing is sent that was not shown', async () => {
  const { get, post, fill, versionIn } = await openForm()
  const check = await fill()
  const second = check.replace('/5?', '/2?')
  const markIn = (html: string) => /name="mark" value="([^"]*)"/.exec(html)?.[1] ?? ''
  const mark = markIn((await get(second)).body)
  const one = await post(second, { ...answersOf({ sector: 'School' })[1], mark })
  expect(one.headers.location).not.toContain('told')
  const other = await post(second, { ...answersOf({ sector: 'Other' })[1], mark })
  expect(other.headers.location).toContain('told=1')
  expect((await get(other.headers.location as string)).body).toContain('perhaps in another window')
  expect((await get(second)).body).toMatch(/value="Other" checked/)

  const shown = versionIn((await get(check)).body)
  await post(second, { ...answersOf({ sector: 'Public' })[1] })
  const late = await post(check, { version: shown })
  expect(late.statusCode).toBe(409)
  expect(late.body).toContain('changed in another window')
  expect((await post(check, { version: versionIn(late.body) })).statusCode).toBe(303)
})

test('sent twice it is sent once, and a sent form can be taken back to change its address', async () => {
  const { get, post, send, mails, verify, applications, versionIn } = await openForm()
  const sent = await send({ email: 'amian@library.example' })
  const check = sent.replace('/sent?', '/5?')
  expect((await post(check, { version: '1' })).headers.location).toBe(sent)
  expect((await post(check.replace('/5?', '/1?'), answersOf()[0])).headers.location).toBe(sent)
  expect((await mails()).length).toBe(1)
  const wrong = (await mails())[0]
  await post(sent, { do: 'reopen' })
  await post(check.replace('/5?', '/1?'), answersOf()[0] as Record<string, string>)
  await post(check, { version: versionIn((await get(check)).body) })
  // The link that went to the wrong address vouches for nothing any more.
  expect((await get(wrong?.verify as string)).statusCode).toBe(410)
  expect((await post(wrong?.verify as string, { do: 'verify' })).statusCode).toBe(410)
  expect(await applications()).toEqual([])
  await verify()
  expect(await applications()).toMatchObject([{ address: 'amina@library.example' }])
})

test.each([
  ['an address of the web', { given_name: 'You won at evil-casino.com/win' }, 'given_name'],
  ['a short one', { given_name: 'see bit.ly/x' }, 'given_name'],
  ['one that ends with it', { name: 'Visit evil.example' }, 'name'],
  ['in capitals', { given_name: 'WWW.EVIL.EXAMPLE' }, 'given_name'],
  ['61 characters', { given_name: 'a'.repeat(61) }, 'given_name'],
  ['61 characters of the whole', { name: `Ana ${'a'.repeat(57)}` }, 'name'],
  ['nothing that can be seen', { name: '\u3164', given_name: '\u3164' }, 'name'],
  ['a family name that cannot be seen', { name: 'Ana \u115f', given_name: 'Ana' }, 'name'],
  ['a formula once it is split', { name: 'Ana =SUM(1)', given_name: 'Ana' }, 'name'],
  ['a formula once it is turned round', { name: 'Souza, @Ana', given_name: 'x' }, 'name'],
])('a name with %s is refused at its field', async (_what, given, id) => {
  const { post } = await openForm()
  const answer = await post('/apply/2016A/1', { ...answersOf()[0], ...given })
  expect(answer.statusCode).toBe(422)
  expect(answer.body).toContain(`<li><a href="#${id}">`)
  if ('given_name' in given && !('name' in given)) {
    const interest = { given_name: given.given_name, email: 'ana@library.example', country: 'KE', language: 'en' }
    expect((await post('/interest', interest)).statusCode).toBe(422)
  }
})

test.each([
  ['Ma.Teresa Cruz', 'Ma.Teresa'],
  ['K.Raman Pillai', 'Raman'],
  ['J.R.R. Tolkien', 'John'],
  ['Dr. Ana-María d’Souza Jr.', 'Ana-María'],
  ['نور ‌الهدى', 'نور'],
  ['Þóra', 'Þóra'],
  ['김민준', '민준'],
])('%s is a name', async (name, given_name) => {
  const { post } = await openForm()
  const answer = await post('/apply/2016A/1', { ...answersOf()[0], name, given_name } as Record<string, string>)
  expect(answer.statusCode).toBe(303)
})

test.each([
  ['of a service for throw-away mail', 'me@mailinator.com', 'made to be thrown away'],
  ['of a subdomain of one', 'me@anything.33mail.com', 'made to be thrown away'],
  ['without a domain', 'me', 'Write one whole email address'],
  ['of two people', 'a@x.org, b@x.org', 'Write one whole email address'],
  ['of the programme itself', 'reply+x@mail.programme.example', 'Write one whole email address'],
])('an address %s is refused in a sentence', async (_what, email, words) => {
  const { post } = await openForm({}, { MAIL_DOMAIN: 'mail.programme.example' })
  const answer = await post('/apply/2016A/1', { ...answersOf()[0], email })
  expect(answer.statusCode).toBe(422)
  expect(answer.body).toContain(words)
})

test('an answer of a megabyte is refused on a page that says what to do, over a real connection too', async () => {
  const { app, fill, deps } = await openForm()
  const url = await fill({}, 2)
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  const body = new URLSearchParams({ interests: 'Advocacy', special_request: 'x'.repeat(1024 * 1024) })
  const answer = await fetch(base + url, { method: 'POST', body, redirect: 'manual' })
  expect(answer.status).toBe(413)
  expect(await answer.text()).toContain('your text is still there')
  const { answers } = await deps.db.selectFrom('application_drafts').select('answers').executeTakeFirstOrThrow()
  expect(answers).not.toHaveProperty('interests')
})

test('characters that no table can hold do no harm', async () => {
  const { post, fill, get } = await openForm()
  const url = await fill({}, 2)
  const answer = await post(url, { interests: ['Advocacy'], special_request: 'a\0b\u0007c\ud800d \u202eevil' })
  expect(answer.statusCode).toBe(303)
  expect((await get(url)).body).toContain('a b c\ufffdd')
})

test.each([
  ['fr-CA,fr;q=0.9', 'fr', 'ltr', 'Commencer'],
  ['ar', 'ar', 'rtl', 'ابدؤوا'],
  ['es', 'es', 'ltr', 'Empezar'],
  ['ja', 'en', 'ltr', 'Begin'],
])('a browser that asks for %s reads the form in %s, %s', async (accepted, language, direction, word) => {
  const { get } = await openForm()
  const { body } = await get('/apply/2016A', { 'accept-language': accepted })
  expect(body).toContain(`<html lang="${language}" dir="${direction}">`)
  expect(body).toContain(word)
})

test('a form goes on in the language that was chosen in it', async () => {
  const { get, fill } = await openForm()
  const url = await fill({ language: 'ar', country: 'EG', name: 'أمينة الشريف', given_name: 'أمينة' })
  const { body } = await get(url, { 'accept-language': 'fr' })
  expect(body).toContain('<html lang="ar" dir="rtl">')
  expect(body).toContain('مصر')
  expect((await get('/apply/2016A/1?language=fr', { 'accept-language': 'ar' })).body).toContain('Nom complet')
})
