import type { Account } from './account.ts'
import { type Answer, badRequest, notFound, problem } from './answers.ts'
import { project } from './projection.ts'
import { findRoute } from './routes.ts'

export interface PlainCall {
  method: string
  path: string
  query: URLSearchParams
  /** JSON; empty when there is none. */
  text: string
  refuse_some?: boolean
}

export interface Ran {
  template: string | undefined
  body: unknown
  answer: Answer
}

/** Carries a call out, whether it came by network or in a batch. Never throws. */
export async function runCall(account: Account, call: PlainCall): Promise<Ran> {
  const { method, path, query } = call
  const found = findRoute(method, path)
  const body = readJson(call.text)
  const template = found?.template
  if (body instanceof SyntaxError) {
    const answer = problem(400, 'JSON Parse Error', 'We encountered an unspecified JSON parsing error.')
    return { template, body: undefined, answer }
  }
  if (!found) return { template, body, answer: notFound() }
  if (!found.handler) {
    const words = `The requested method and resource are not compatible. See the Allow header for this resource's available methods.`
    return { template, body, answer: problem(405, 'Method Not Allowed', words) }
  }
  if (method === 'GET') account.late.read()
  const { ids, handler } = found
  try {
    const answer = await handler({ account, method, path, ids, query, body, refuse_some: call.refuse_some ?? false })
    const isRead = method === 'GET' && answer.status === 200
    return { template, body, answer: isRead ? { status: 200, body: project(answer.body, query) } : answer }
  } catch (error) {
    // A body of shapes that no handler expects; the check has its own words for it.
    return { template, body, answer: badRequest(error instanceof Error ? error.message : 'The request is no good.') }
  }
}

function readJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    return error as SyntaxError
  }
}
