import { expect, test } from 'vitest'
import { sweepApplications } from '../../../src/features/applications/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { answersOf, openForm } from './form-app.ts'

const DAY = 86_400_000

test('who stops in the middle keeps what was answered, and goes on from a mailed link after its button', async () => {
  const { fill, get, post, mails, deps } = await openForm()
  const third = await fill({}, 2)
  const stopped = await post(third, { interests: 'Advocacy', do: 'later' })
  expect(stopped.headers.location).toBe(third.replace('/3?', '/later?'))
  expect((await get(stopped.headers.location as string)).body).toContain('mailed a link to amina@library.example')
  const [mail] = await mails()
  expect(mail).toMatchObject({ key: 'application_resume', address: 'amina@library.example' })
  deps.clock.advance(20 * DAY)
  deps.clock.set('2016-02-14T09:00:00Z')
  const link = mail?.resume as string
  expect((await get(link)).body).toContain('Go on with your form')
  const fourth = (await post(link, { do: 'go_on' })).headers.location as string
  expect(fourth).toMatch(/^\/apply\/2016A\/4\?/)
  expect((await get(fourth.replace('/4?', '/3?'))).body).toMatch(/value="Advocacy" checked/)
  // The link goes on working, and leads to the same form.
  expect((await post(link, { do: 'go_on' })).headers.location).toBe(fourth)
})

test('a form that a stranger began with somebody’s address is theirs alone once they go on from their mail', async () => {
  const { fill, get, post, mails, applications, versionIn, deps } = await openForm()
  const stranger = await fill({}, 2)
  await post(stranger, { do: 'later' })
  const link = (await mails())[0]?.resume as string
  // Twice at the same moment, as an impatient finger does.
  const [one, two] = await Promise.all([post(link, { do: 'go_on' }), post(link, { do: 'go_on' })])
  const owner = one.headers.location as string
  expect(two.headers.location).toBe(owner)
  expect(owner).not.toBe(stranger)
  await post(owner, { interests: 'Advocacy', special_request: 'I am deaf, please write only' })
  for (const step of ['1', '2', '3', '4', '5', 'later', 'sent']) {
    const seen = await get(stranger.replace('/3?', `/${step}?`))
    expect(seen.statusCode).toBe(410)
    expect(seen.body).not.toContain('deaf')
  }
  expect((await post(stranger, { interests: 'Copyright', special_request: 'mine' })).statusCode).toBe(410)
  expect((await post(stranger.replace('/3?', '/5?'), { version: '4' })).statusCode).toBe(410)
  expect((await post(stranger.replace('/3?', '/sent?'), { do: 'reopen' })).statusCode).toBe(410)
  await post(owner.replace('/3?', '/4?'), answersOf()[3] as Record<string, string>)
  const check = owner.replace('/3?', '/5?')
  await post(check, { version: versionIn((await get(check)).body) })
  expect(await applications()).toMatchObject([{ special_request: 'I am deaf, please write only' }])
  expect(await deps.db.selectFrom('application_drafts').select('id').execute()).toHaveLength(1)
})

test('a form that was sent while its owner looked at the link is shown to them, and not shared with who sent it', async () => {
  const { fill, get, post, mails, versionIn, applications } = await openForm()
  const check = await fill()
  await post(check.replace('/5?', '/4?'), { ...answersOf()[3], do: 'later' } as Record<string, string>)
  const link = (await mails())[0]?.resume as string
  expect((await get(link)).body).toContain('Go on with your form')
  await post(check, { version: versionIn((await get(check)).body) })
  const on = await post(link, { do: 'go_on' })
  expect(on.headers.location).toBe(link)
  expect((await get(link)).body).toContain('<bdi>Amina Okafor</bdi>')
  expect(await applications()).toEqual([])
})

test('who saves at the moment at which the owner goes on loses nothing of theirs: one of the two comes first', async () => {
  const { fill, get, post, mails } = await openForm()
  const stranger = await fill({}, 2)
  await post(stranger, { do: 'later' })
  const link = (await mails())[0]?.resume as string
  const saves = Array.from({ length: 4 }, () => post(stranger, { interests: 'Advocacy', special_request: 'x' }))
  const [on, ...saved] = await Promise.all([post(link, { do: 'go_on' }), ...saves])
  expect(on.statusCode).toBe(303)
  for (const { statusCode } of saved) expect([303, 410]).toContain(statusCode)
  expect((await get(on.headers.location as string)).statusCode).toBe(200)
  expect((await get(stranger)).statusCode).toBe(410)
})

test('who stops before anything of a page is answered is not refused for it; what is wrong still is', async () => {
  const { fill, post } = await openForm()
  const third = await fill({}, 2)
  expect((await post(third, { do: 'later' })).statusCode).toBe(303)
  expect((await post(third, { do: 'later', interests: 'Astrology' })).statusCode).toBe(422)
  expect((await post('/apply/2016A/1', { name: 'Ana', do: 'later' })).statusCode).toBe(422)
})

test('the address of a form that went on from a mailed link needs no second proof, unless it is changed', async () => {
  const { fill, get, post, mails, applications, versionIn } = await openForm()
  await post(await fill({}, 3), { do: 'later' })
  const link = (await mails())[0]?.resume as string
  const fourth = (await post(link, { do: 'go_on' })).headers.location as string
  await post(fourth, answersOf()[3] as Record<string, string>)
  const check = fourth.replace('/4?', '/5?')
  expect((await get(check)).body).toContain('your application counts at once')
  const other = await post(fourth.replace('/4?', '/1?'), { ...answersOf()[0], email: 'other@library.example' })
  expect(other.statusCode).toBe(303)
  expect((await get(check)).body).toContain('Then we mail a link to other@library.example')
  await post(fourth.replace('/4?', '/1?'), answersOf()[0] as Record<string, string>)
  expect((await get(check)).body).toContain('Then we mail a link to amina@library.example')
  const sent = await post(check, { version: versionIn((await get(check)).body) })
  expect(await applications()).toEqual([])
  expect((await get(sent.headers.location as string)).body).toContain('We have mailed a link')
})

test('sent from a mailed link, a form is an application at once', async () => {
  const { fill, get, post, mails, applications, versionIn } = await openForm()
  await post(await fill({}, 3), { do: 'later' })
  const fourth = (await post((await mails())[0]?.resume as string, { do: 'go_on' })).headers.location as string
  await post(fourth, answersOf()[3] as Record<string, string>)
  const check = fourth.replace('/4?', '/5?')
  const sent = await post(check, { version: versionIn((await get(check)).body) })
  expect((await get(sent.headers.location as string)).body).toContain('Your application is complete')
  expect(await applications()).toMatchObject([{ state: 'applied', address: 'amina@library.example' }])
})

test('who took part before gets their last answers by mail; a stranger gets an empty form, and the page is the same', async () => {
  const { deps, get, post, send, verify, mails } = await openForm()
  await send({ wishes: 'Yes', partner_sector: 'A different sector', partner_career_stage: 'More experienced' })
  await verify()
  await createRound(deps, { code: '2016B', name: 'Round 2016B', applications_open_on: '2016-01-20' })
  const before = (await mails()).length
  const known = await post('/apply/2016B/returning', { email: ' Amina@Library.example ' })
  const unknown = await post('/apply/2016B/returning', { email: 'stranger@library.example' })
  expect([known.statusCode, known.headers.location]).toEqual([unknown.statusCode, unknown.headers.location])
  expect((await get(known.headers.location as string)).body).not.toMatch(/amina|stranger/i)
  const [first, second] = (await mails()).slice(before)
  expect(first).toMatchObject({ key: 'application_returning', address: 'amina@library.example' })
  expect(second).toMatchObject({ key: 'application_resume', address: 'stranger@library.example' })

  const opened = (await post(first?.resume as string, { do: 'go_on' })).headers.location as string
  // What was agreed to, and what may be another wish by now, is asked for anew.
  expect(opened).toMatch(/^\/apply\/2016B\/4\?/)
  expect((await get(opened.replace('/4?', '/1?'))).body).toContain('value="Amina Okafor"')
  expect((await get(opened.replace('/4?', '/2?'))).body).toMatch(
    /id="previous_round-2" name="previous_round" value="Yes" checked/,
  )
  expect((await get(opened.replace('/4?', '/3?'))).body).toMatch(/value="A different sector" checked/)
  const empty = (await post(second?.resume as string, { do: 'go_on' })).headers.location as string
  expect(empty).toMatch(/^\/apply\/2016B\/1\?/)
  expect((await get(empty)).body).toContain('value="stranger@library.example"')
})

test('nobody gets more than five emails a day because strangers type their address, and no page says so', async () => {
  const { deps, post, mails, send } = await openForm()
  for (let at = 0; at < 8; at++) {
    const answer = await post('/apply/2016A/returning', { email: 'victim@library.example' })
    expect(answer.statusCode).toBe(303)
  }
  const interest = { given_name: 'V', email: 'victim@library.example', country: 'KE', language: 'en' }
  expect((await post('/interest', interest)).statusCode).toBe(303)
  expect(await mails()).toHaveLength(5)
  // Nor is a form kept that no link leads to.
  const { length: kept } = await deps.db.selectFrom('application_drafts').select('id').execute()
  expect(kept).toBe(5)
  // A whole form is not held up by them: its link has five of its own.
  const sent = await send({ email: 'victim@library.example' })
  for (let at = 0; at < 8; at++) await post(sent, { do: 'mail' })
  expect((await mails()).slice(5).map(({ key }) => key)).toEqual(Array(5).fill('application_received'))
  deps.clock.advance(DAY + 1)
  await post('/interest', interest)
  expect(await mails()).toHaveLength(11)
})

test('who asks for the same address at the same moment is counted as well', async () => {
  const { post, mails } = await openForm()
  const asks = Array.from({ length: 12 }, () => post('/apply/2016A/returning', { email: 'victim@library.example' }))
  await Promise.all(asks)
  expect(await mails()).toHaveLength(5)
})

test('twenty emails an hour for addresses that are only typed are enough for one network; whole forms are not counted', async () => {
  const { deps, app, fill, get, post, send, mails } = await openForm()
  const third = await fill({}, 2)
  const ask = (at: number) => post('/apply/2016A/returning', { email: `reader${at}@library.example` })
  for (let at = 0; at < 20; at++) expect((await ask(at)).statusCode).toBe(303)
  const refused = await ask(20)
  expect(refused.statusCode).toBe(429)
  expect(refused.body).toContain('perhaps by others who share it')
  const interest = { given_name: 'V', email: 'v@library.example', country: 'KE', language: 'fr' }
  expect((await post('/interest', interest)).statusCode).toBe(429)
  // What was answered is kept all the same, and the page does not say that a link was mailed.
  const later = await post(third, { interests: 'Advocacy', do: 'later' })
  const kept = (await get(later.headers.location as string)).body
  expect(kept).toContain('Your answers are kept')
  expect(kept).not.toContain('We have mailed')
  expect((await get(third)).body).toMatch(/value="Advocacy" checked/)
  expect(await mails()).toHaveLength(20)
  await send()
  expect((await mails()).at(-1)).toMatchObject({ key: 'application_received' })
  const elsewhere = await app.inject({
    method: 'POST',
    url: '/apply/2016A/returning',
    remoteAddress: '192.0.2.7',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'email=elsewhere%40library.example',
  })
  expect(elsewhere.statusCode).toBe(303)
  deps.clock.advance(3_600_000)
  expect((await ask(21)).statusCode).toBe(303)
})

test.each(['/apply/2016A/returning', '/interest/asked', 'the page after sending'])(
  'whoever gets no mail because their address is stopped is told on %s where a person helps',
  async (path) => {
    const { get, send } = await openForm()
    const url = path.startsWith('/') ? path : await send()
    for (const [language, words] of [
      ['en', 'write to us from it'],
      ['fr', 'écrivez-nous depuis cette adresse'],
      ['es', 'escríbenos desde ella'],
      ['ar', 'اكتبوا إلينا منه'],
    ] as const) {
      if (language !== 'en' && !path.startsWith('/')) continue
      expect((await get(url, { 'accept-language': language })).body).toContain(words)
    }
  },
)

test('forms that nobody finished are forgotten with their addresses; applications stay', async () => {
  const { deps, fill, send, verify, get, mails, applications } = await openForm({
    applications_close_on: null,
    starts_on: null,
    confirm_by: null,
    ends_on: null,
  })
  await send()
  await verify()
  await send({ email: 'sent@library.example' })
  const half = await fill({ email: 'half@library.example' }, 2)
  const addresses = async () =>
    (
      await deps.db.selectFrom('contacts').select('address').where('address', 'is not', null).orderBy('id').execute()
    ).map(({ address }) => address)
  deps.clock.advance(14 * DAY)
  await sweepApplications(deps)
  expect(await addresses()).toEqual(['sent@library.example', 'half@library.example'])
  deps.clock.advance(1000)
  await sweepApplications(deps)
  expect(await addresses()).toEqual(['half@library.example'])
  expect((await get((await mails())[1]?.verify as string)).statusCode).toBe(410)
  deps.clock.advance(16 * DAY)
  await sweepApplications(deps)
  expect(await addresses()).toEqual([])
  expect((await get(half)).statusCode).toBe(410)
  expect(await applications()).toHaveLength(1)
})

test('a form whose link was mailed once more is there as long as that link works', async () => {
  const { deps, send, post, mails, applications } = await openForm()
  const sent = await send()
  deps.clock.advance(13 * DAY)
  await post(sent, { do: 'mail' })
  deps.clock.set('2016-02-15T11:00:00Z')
  await sweepApplications(deps)
  await post((await mails())[1]?.verify as string, { do: 'verify' })
  expect(await applications()).toHaveLength(1)
})
