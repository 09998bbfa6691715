import { expect, test } from 'vitest'
import { openForm } from './form-app.ts'

async function openListed() {
  const form = await openForm()
  form.deps.clock.set('2016-01-10T09:00:00Z')
  await form.post('/interest', { given_name: 'Amina', email: 'amina@library.example', country: 'KE', language: 'en' })
  const verify = String((await form.mails()).at(-1)?.verify_interest)
  await form.post(verify)
  const leave = verify.replace('/verify/', '/leave/')
  const listed = () => form.deps.db.selectFrom('contacts').select(['address', 'interest_left_at']).executeTakeFirst()
  return { ...form, leave, listed }
}

test('a mail program’s own button takes off the list at once, without a redirect (RFC 8058)', async () => {
  const { post, leave, listed, deps } = await openListed()
  const answer = await post(leave, { 'List-Unsubscribe': 'One-Click' })
  expect(answer.statusCode).toBe(200)
  expect(await listed()).toEqual({ address: null, interest_left_at: deps.clock.now() })
  // nor does the ledger know it any more
  const copies = await deps.db.selectFrom('deliveries').select('address').execute()
  expect(copies.map(({ address }) => address)).toEqual([null])
})

test('a scanner that only looks takes nobody off', async () => {
  const { get, leave, listed } = await openListed()
  expect((await get(leave)).statusCode).toBe(200)
  expect(await listed()).toEqual({ address: 'amina@library.example', interest_left_at: null })
})
