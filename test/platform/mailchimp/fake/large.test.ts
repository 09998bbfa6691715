import { expect, test } from 'vitest'
import { openFakeMailchimp } from '../../../../src/platform/mailchimp/fake/index.ts'
import { callFake, newMembers } from './calls.ts'

test('20,000 contacts are added by a batch and read by pages in reasonable time', async () => {
  const fake = await openFakeMailchimp()
  const operations = Array.from({ length: 40 }, (_, at) => ({
    ...{ method: 'POST', path: `/lists/${fake.list_id}` },
    body: JSON.stringify({ members: newMembers(500, at * 500) }),
  }))
  const began = performance.now()
  await callFake(fake, 'POST /batches', { operations })
  await fake.batchesDone()
  const seen = new Set<string>()
  for (let offset = 0; offset < 20_000; offset += 1000) {
    const fields = 'fields=members.id,members.email_address,members.status,members.merge_fields,total_items'
    const { body } = await callFake(fake, `GET /lists/${fake.list_id}/members?count=1000&offset=${offset}&${fields}`)
    for (const member of body.members) seen.add(member.id)
  }
  expect(seen.size).toBe(20_000)
  expect(performance.now() - began).toBeLessThan(20_000)
  await fake.close()
})
