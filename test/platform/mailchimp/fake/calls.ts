import type { FakeMailchimp } from '../../../../src/platform/mailchimp/fake/index.ts'

export interface Called {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape, looked into by tests
  body: any
  text: string
  type: string | null
}

/** Calls the fake as anybody could, without our adapter. `body` is JSON. */
export async function callFake(
  fake: FakeMailchimp,
  request: string,
  body?: unknown,
  options: { key?: string; signal?: AbortSignal } = {},
): Promise<Called> {
  const [method = '', path = ''] = request.split(' ')
  const authorization = `Basic ${Buffer.from(`anybody:${options.key ?? fake.key}`).toString('base64')}`
  const answer = await fetch(fake.baseUrl + path, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  })
  const text = await answer.text()
  const type = answer.headers.get('content-type')
  return { status: answer.status, body: type?.includes('json') ? JSON.parse(text) : undefined, text, type }
}

/** So many made-up contacts to add. */
export const newMembers = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({
    email_address: `person${from + at}@example.org`,
    status: 'subscribed',
    merge_fields: { FNAME: `Name${from + at}` },
  }))
