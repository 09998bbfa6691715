import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../../src/platform/mailchimp/fake/index.ts'
import { eventually } from '../../../support/eventually.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { callFake, newMembers } from './calls.ts'

const LIST = '/lists/aaaaaaaaaa'

describe('the key', () => {
  test('must be right, and of this data centre', async () => {
    const fake = await openTestMailchimp({ key: 'abc-us7' })
    expect((await callFake(fake, 'GET /ping')).status).toBe(200)
    const wrong = await callFake(fake, 'GET /ping', undefined, { key: 'abd-us7' })
    expect(wrong).toMatchObject({ status: 401, body: { title: 'API Key Invalid' } })
    const elsewhere = await callFake(fake, 'GET /ping', undefined, { key: 'abc-us8' })
    expect(elsewhere).toMatchObject({ status: 401, body: { title: 'Wrong Datacenter' } })
  })
})

describe('connections', () => {
  test('eleven at once are one too many', async () => {
    const fake = await openTestMailchimp()
    fake.faults.next('*', 'hang', 10)
    const patience = new AbortController()
    const hanging = Array.from({ length: 10 }, () =>
      callFake(fake, 'GET /ping', undefined, { signal: patience.signal }).catch(() => 'gave up'),
    )
    await eventually('ten calls hang', () => (fake.faults.happened.hang === 10 ? true : undefined))
    expect((await callFake(fake, 'GET /ping')).status).toBe(429)
    expect(fake.mostAtOnce).toBe(11)
    patience.abort()
    expect(new Set(await Promise.all(hanging))).toEqual(new Set(['gave up']))
    await eventually('a call is taken again', async () => {
      const { status } = await callFake(fake, 'GET /ping')
      return status === 200 ? true : undefined
    })
  })

  test('one after the other never count as two', async () => {
    const fake = await openTestMailchimp()
    for (let at = 0; at < 30; at++) await callFake(fake, 'GET /ping')
    expect(fake.mostAtOnce).toBe(1)
  })
})

/** Adds one contact under a fault: what the caller saw, and whether it was done. */
async function underFault(fault: Fault) {
  const fake = await openTestMailchimp({ slowMs: 5 })
  fake.faults.next('POST /lists/{list_id}', fault)
  const hangs = fault.startsWith('hang')
  const seen = await callFake(
    fake,
    `POST ${LIST}`,
    { members: newMembers(1) },
    hangs ? { signal: AbortSignal.timeout(100) } : {},
  )
    .then(({ status, type }) => `${status} ${type?.split(';')[0] ?? 'nothing'}`)
    .catch((error: Error) => (error.name === 'TimeoutError' ? 'no answer' : 'broken'))
  const result = { seen, done: fake.members().length === 1 }
  expect(fake.faults.happened).toEqual({ [fault]: 1 })
  expect(fake.calls[0]).toMatchObject({ method: 'POST', path: '/lists/{list_id}', fault })
  expect((await callFake(fake, 'GET /ping')).status).toBe(200)
  await fake.close()
  return result
}

describe('a fault', () => {
  test.each<[Fault, string, boolean]>([
    ['busy', '429 application/problem+json', false],
    ['forbidden', '403 nothing', false],
    ['html', '503 text/html', false],
    ['hang', 'no answer', false],
    ['hang-after', 'no answer', true],
    ['cut-before', 'broken', false],
    ['cut-after', 'broken', true],
    ['reset-before', 'broken', false],
    ['reset-after', 'broken', true],
    ['slow', '200 application/json', true],
  ])('%s: the caller sees %s; done: %s', async (fault, seen, done) => {
    expect(await underFault(fault)).toEqual({ seen, done })
  })

  test.each([1, 2, 3, 4])('cuts answers without a body too (seed %i)', async (seed) => {
    const fake = await openTestMailchimp({ seed })
    fake.staffAdds('a@example.org', 'subscribed')
    fake.faults.next('DELETE', 'cut-after')
    const path = `/lists/aaaaaaaaaa/members/${fake.members()[0]?.id}`
    await expect(callFake(fake, `DELETE ${path}`)).rejects.toThrow()
    expect(fake.member('a@example.org')?.status).toBe('archived')
  })

  test('member-errors refuses about a fifth of a batch', async () => {
    const fake = await openTestMailchimp()
    fake.faults.next('POST', 'member-errors')
    const { body } = await callFake(fake, `POST ${LIST}`, { members: newMembers(200) })
    expect(body.error_count).toBeGreaterThan(20)
    expect(body.error_count).toBeLessThan(70)
    expect(body.total_created).toBe(200 - body.error_count)
  })

  test('stands until it is taken back, for what it was said for', async () => {
    const fake = await openTestMailchimp()
    const end = fake.faults.always('GET', 'busy')
    expect([(await callFake(fake, 'GET /ping')).status, (await callFake(fake, 'GET /lists')).status]).toEqual([
      429, 429,
    ])
    expect((await callFake(fake, `POST ${LIST}`, { members: [] })).status).toBe(200)
    end()
    expect((await callFake(fake, 'GET /ping')).status).toBe(200)
  })

  test('by chance is the same again for the same seed', async () => {
    const statuses = async (seed: number) => {
      const fake = await openTestMailchimp({ seed })
      fake.faults.random(0.5, ['busy', 'forbidden', 'html'])
      const seen: number[] = []
      for (let at = 0; at < 20; at++) seen.push((await callFake(fake, 'GET /ping')).status)
      fake.faults.stop()
      expect((await callFake(fake, 'GET /ping')).status).toBe(200)
      return seen.join()
    }
    const first = await statuses(7)
    expect(await statuses(7)).toBe(first)
    expect(await statuses(8)).not.toBe(first)
    expect(new Set(first.split(',')).size).toBe(4)
  })
})
