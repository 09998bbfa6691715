import { describe, expect, test } from 'vitest'
import { openFakeMailchimp } from '../../../../src/platform/mailchimp/fake/index.ts'
import { openTestMailchimp } from '../../../support/mailchimp.ts'
import { findMailchimpViolations, hasMailchimpDescription } from '../../../support/mailchimp-schema.ts'
import { callFake, newMembers } from './calls.ts'

const LIST = '/lists/aaaaaaaaaa'

describe.skipIf(!hasMailchimpDescription)('by the vendor’s description (skipped where it is absent)', () => {
  test.each<[string, string, unknown, string]>([
    ['an unknown property', `POST ${LIST}`, { members: [], sync: true }, 'sync'],
    [
      'an unknown property of a member',
      `POST ${LIST}`,
      { members: [{ email_address: 'a@example.org', tags: [] }] },
      'tags',
    ],
    ['an unknown status', `POST ${LIST}`, { members: [{ status: 'archived' }] }, '/members/0/status'],
    ['an unknown query parameter', `GET ${LIST}/members?limit=10`, undefined, 'limit'],
    ['a count beyond the limit', `GET ${LIST}/members?count=1001`, undefined, 'count'],
    ['a missing body', `POST ${LIST}`, undefined, 'no body'],
    ['a missing property', `POST ${LIST}/segments`, { static_segment: [] }, 'name'],
    ['an unknown path', 'GET /members', undefined, 'no such operation'],
  ])('%s is a violation', async (_what, request, body, words) => {
    const fake = await openFakeMailchimp({ check: findMailchimpViolations })
    await callFake(fake, request, body)
    await fake.close()
    expect(fake.violations).toHaveLength(1)
    expect(fake.violations[0]).toContain(words)
  })

  test('operations of batches are looked at too', async () => {
    const fake = await openFakeMailchimp({ check: findMailchimpViolations })
    const body = JSON.stringify({ members: newMembers(1).map((member) => ({ ...member, tags: ['x'] })) })
    await callFake(fake, 'POST /batches', { operations: [{ method: 'POST', path: LIST, body }] })
    await fake.batchesDone()
    await fake.close()
    expect(fake.violations).toEqual([expect.stringContaining('in a batch')])
  })

  test('closing says what was found, without addresses', async () => {
    const fake = await openTestMailchimp()
    await callFake(fake, `POST ${LIST}`, { members: newMembers(1), sync: true })
    const error = await fake.close().catch((thrown: Error) => thrown.message)
    expect(error).toContain('POST /lists/{list_id}: request: / must NOT have additional properties (sync)')
    expect(error).not.toContain('@')
  })
})
