import { expect, test } from 'vitest'
import { sweepApplications } from '../../../src/features/applications/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { signToken } from '../../../src/lib/tokens.ts'
import { encodeForm } from '../../support/console.ts'
import { openTestDeps } from '../../support/deps.ts'
import { openForm, serveApplications } from './form-app.ts'

const AMINA = { given_name: 'Amina', email: 'Amina@library.example', country: 'KE', language: 'fr' }

async function openList() {
  const form = await openForm()
  form.deps.clock.set('2016-01-10T09:00:00Z')
  const list = () => form.deps.db.selectFrom('contacts').selectAll().orderBy('id').execute()
  const join = async (fields: Record<string, string> = AMINA) => {
    const answer = await form.post('/interest', fields)
    return { answer, mail: (await form.mails()).at(-1) }
  }
  return { ...form, list, join }
}

test('before applications open the form says when they do, and takes whoever wants to be told', async () => {
  const { get, join, post, list, deps } = await openList()
  const early = await get('/apply/2016A')
  expect(early.body).toContain('open on 18 January 2016')
  expect(early.body).toContain('action="/interest?language&#x3D;en"')
  expect((await get('/apply/2016A/1')).body).toContain('open on 18 January 2016')
  const { answer, mail } = await join()
  expect(answer.headers.location).toBe('/interest/asked?language=fr')
  expect(mail).toMatchObject({ key: 'interest_received', address: 'amina@library.example' })
  expect((await get(mail?.verify_interest as string)).body).toContain('Oui, me prévenir')
  expect((await list())[0]?.interest_verified_at).toBeNull()
  await post(mail?.verify_interest as string)
  expect((await list())[0]?.interest_verified_at).toEqual(deps.clock.now())
  expect((await get(mail?.verify_interest as string)).body).toContain('Vous êtes sur la liste')
})

test('mistakes are told at each field, and nothing is kept', async () => {
  const { post, list } = await openList()
  const answer = await post('/interest', {
    given_name: 'https://x',
    email: 'x',
    country: '',
    language: 'en',
    more: '1',
  })
  expect(answer.statusCode).toBe(422)
  for (const id of ['given_name', 'email', 'country']) expect(answer.body).toContain(`<a href="#${id}">`)
  expect(await list()).toEqual([])
})

test('nobody is on the list twice, and a stranger changes nothing of who is on it', async () => {
  const { join, post, list } = await openList()
  const { mail } = await join()
  await post(mail?.verify_interest as string)
  const [before] = await list()
  const again = await join({ ...AMINA, given_name: 'Mallory', country: 'AU' })
  expect(again.answer.statusCode).toBe(303)
  await Promise.all([
    join(),
    join({ ...AMINA, email: 'ben@library.example' }),
    join({ ...AMINA, email: 'ben@library.example' }),
  ])
  const rows = await list()
  expect(rows).toHaveLength(2)
  expect(rows[0]).toEqual(before)
})

test('on the day that applications open everybody on the list is told once, at noon, however often it is looked', async () => {
  const { deps, join, post, mails, send, verify } = await openList()
  for (const name of ['amina', 'ben', 'cho', 'dee']) {
    const { mail } = await join({ ...AMINA, email: `${name}@library.example` })
    if (name !== 'dee') await post(mail?.verify_interest as string)
    if (name === 'cho') await post(mail?.leave_interest as string)
  }
  const told = async () =>
    (await mails()).filter(({ key }) => key === 'applications_open').map(({ address }) => address)
  deps.clock.set('2016-01-18T11:59:00Z')
  await sweepApplications(deps)
  expect(await told()).toEqual([])
  await send({ email: 'ben@library.example' })
  await verify('ben@library.example')
  deps.clock.set('2016-01-18T12:00:00Z')
  await Promise.all([sweepApplications(deps), sweepApplications(deps), sweepApplications(deps)])
  // Ben has applied already.
  expect(await told()).toEqual(['amina@library.example'])
  deps.clock.set('2016-02-20T12:00:00Z')
  await sweepApplications(deps)
  expect(await told()).toHaveLength(1)
})

test('leaving the list forgets the address, by the link of any email of it, and one can come back', async () => {
  const { join, get, post, list, mails } = await openList()
  const { mail } = await join()
  await post(mail?.verify_interest as string)
  const link = mail?.leave_interest as string
  expect((await get(link)).body).toContain('Quitter la liste')
  expect((await list())[0]?.address).toBe('amina@library.example')
  await post(link)
  await post(link)
  expect(await list()).toMatchObject([{ address: null, given_name: '', country_code: null }])
  expect((await get(link)).body).toContain('plus sur la liste')
  // A scanner or a slip on the old link does not bring them back.
  await post(mail?.verify_interest as string)
  expect((await list())[0]?.address).toBeNull()
  await join()
  expect(await mails()).toHaveLength(2)
  expect((await list())[1]?.address).toBe('amina@library.example')
})

test('who never pressed the button is forgotten after two weeks, who did stays', async () => {
  const { deps, join, post, list } = await openList()
  const { mail } = await join()
  await post(mail?.verify_interest as string)
  await join({ ...AMINA, email: 'never@library.example' })
  deps.clock.advance(15 * 86_400_000)
  await sweepApplications(deps)
  expect((await list()).map(({ address }) => address)).toEqual(['amina@library.example', null])
})

test('who asks once more has two weeks again: a link that was mailed a moment ago is not forgotten', async () => {
  const { deps, join, get, post, list } = await openList()
  await join()
  deps.clock.advance(13 * 86_400_000)
  const { mail } = await join()
  deps.clock.advance(3 * 86_400_000)
  await sweepApplications(deps)
  await post(mail?.verify_interest as string)
  expect((await get(mail?.verify_interest as string)).body).toContain('Vous êtes sur la liste')
  expect((await list())[0]).toMatchObject({ address: 'amina@library.example', interest_verified_at: deps.clock.now() })
})

test('links of the list and of a form do not stand for each other', async () => {
  const { join, get, post } = await openList()
  const { mail } = await join()
  const token = mail?.verify_interest.split('/').at(-1)
  expect((await get(`/apply/verify/${token}`)).statusCode).toBe(404)
  expect((await get(mail?.verify as string)).statusCode).toBe(410)
  expect((await post('/interest/verify/guessed')).statusCode).toBe(404)
})

test('who asks before there is any round is told so, and mailed the link as soon as there is one', async () => {
  const deps = await openTestDeps()
  deps.clock.set('2015-01-10T09:00:00Z')
  const app = await serveApplications(deps)
  const post = (url: string, fields: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: encodeForm(fields),
    })
  const list = () => deps.db.selectFrom('contacts').selectAll().orderBy('id').execute()
  const mails = () => deps.db.selectFrom('deliveries').select(['id', 'contact_id', 'address']).orderBy('id').execute()
  const asked = await post('/interest', AMINA)
  await post('/interest', AMINA)
  await post('/interest', { ...AMINA, email: 'never@library.example' })
  const page = await app.inject(asked.headers.location as string)
  expect(page.body).toContain('Aucune session n’est encore prévue')
  expect(page.body).not.toContain('Nous vous avons envoyé')
  deps.clock.advance(100 * 86_400_000)
  await sweepApplications(deps)
  expect((await list()).map(({ address }) => address)).toEqual(['amina@library.example', 'never@library.example'])
  expect(await mails()).toEqual([])

  await createRound(deps, { code: '2016A', name: 'Round 2016A' })
  await Promise.all([sweepApplications(deps), sweepApplications(deps), sweepApplications(deps)])
  await sweepApplications(deps)
  expect((await mails()).map(({ address }) => address)).toEqual(['amina@library.example', 'never@library.example'])
  // From here on they have the time of a link.
  deps.clock.advance(13 * 86_400_000)
  await sweepApplications(deps)
  await post(`/interest/verify/${signToken(deps.keys, 'interest', (await mails())[0]?.id as number)}`)
  deps.clock.advance(2 * 86_400_000)
  await sweepApplications(deps)
  expect(await list()).toMatchObject([
    { address: 'amina@library.example', interest_verified_at: expect.any(Date) },
    { address: null, interest_verified_at: null },
  ])
  expect(await mails()).toHaveLength(2)
})

test('a link that the list was too full to mail today is not mailed by itself once there is a round', async () => {
  const { deps, post, mails, join } = await openList()
  // Rounds are older than whoever asks.
  await deps.db
    .updateTable('rounds')
    .set({ created_at: new Date('2016-01-01T00:00:00Z') })
    .execute()
  deps.clock.set('2016-02-01T09:00:00Z')
  for (let at = 0; at < 5; at++) await post('/apply/2016A/returning', { email: AMINA.email })
  await join()
  await sweepApplications(deps)
  expect((await mails()).filter(({ key }) => key === 'interest_received')).toEqual([])
})
