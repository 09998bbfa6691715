import type { Account } from './account.ts'

/** A call as handlers see it: by network or as an operation of a batch. */
export interface Call {
  account: Account
  method: string
  path: string
  /** What stands in the template's braces. */
  ids: Record<string, string>
  query: URLSearchParams
  body: unknown
  /** Set by the fault of that name: some contacts of a batch are refused. */
  refuse_some: boolean
}

export interface Answer {
  status: number
  /** Undefined: no body. */
  body: unknown
}

export type Handler = (call: Call) => Answer | Promise<Answer>

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const done: Answer = { status: 204, body: undefined }

/** An error as Mailchimp writes it (application/problem+json). */
export function problem(
  status: number,
  title: string,
  detail: string,
  errors?: { field: string; message: string }[],
): Answer {
  const type = 'https://mailchimp.com/developer/marketing/docs/errors/'
  const instance = '995c5cb0-3280-4a6e-808b-3b096d0bb219'
  return { status, body: { type, title, status, detail, instance, ...(errors ? { errors } : {}) } }
}

export const notFound = () => problem(404, 'Resource Not Found', 'The requested resource could not be found.')

export const invalid = (field: string, message: string) =>
  problem(
    400,
    'Invalid Resource',
    "The resource submitted could not be validated. For field-specific details, see the 'errors' array.",
    [{ field, message }],
  )

export const badRequest = (detail: string) => problem(400, 'Bad Request', detail)

/** `count` (10 unless said, 1,000 at most) and `offset`; an answer when they are no good. */
function readPage(query: URLSearchParams): { count: number; offset: number } | Answer {
  const count = Number(query.get('count') ?? 10)
  const offset = Number(query.get('offset') ?? 0)
  if (!Number.isInteger(count) || count < 0 || count > 1000)
    return invalid('count', 'This value should be between 0 and 1000.')
  if (!Number.isInteger(offset) || offset < 0) return invalid('offset', 'This value should be 0 or more.')
  return { count, offset }
}

const isAnswer = (value: object): value is Answer => 'status' in value && 'body' in value

/** One page of items under `name`, with how many there are in all. */
export function pageOf<Item>(
  call: Call,
  name: string,
  items: readonly Item[],
  present: (item: Item) => unknown,
  more: Record<string, unknown> = {},
): Answer {
  const page = readPage(call.query)
  if (isAnswer(page)) return page
  const shown = items.slice(page.offset, page.offset + page.count).map(present)
  return ok({ [name]: shown, ...more, total_items: items.length })
}

/** The body as an object; anything else reads as one without properties. */
export const bodyOf = (call: { body: unknown }): Record<string, unknown> =>
  call.body && typeof call.body === 'object' && !Array.isArray(call.body) ? (call.body as Record<string, unknown>) : {}

export const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
