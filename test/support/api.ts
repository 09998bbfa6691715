import { TEST_TOKEN } from './deps.ts'
import { eventually } from './eventually.ts'

/** What an answer of the API may hold: tests look at what they expect. */
// biome-ignore lint/suspicious/noExplicitAny: JSON as an outside program sees it
type Json = any

export interface Answer {
  status: number
  type: string
  body: Json
}

/** The service as an outside program sees it: fetch and a token, nothing else. */
export interface Api {
  url: string
  get(path: string): Promise<Json>
  /** @throws Error unless the answer is a success */
  post(path: string, body?: object): Promise<Json>
  /** Any call, any answer. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Every item of a list, page by page. */
  list(path: string): Promise<Json[]>
  /** Waits until long work has ended. */
  followJob(url: string): Promise<Json>
  /** Waits until a campaign is in this state. */
  followCampaign(id: number, state?: string, seconds?: number): Promise<Json>
  /** Messages in the built-in mailbox for participants. */
  mailbox(to?: string): Promise<Json[]>
}

export function openApi(url: string, token = TEST_TOKEN): Api {
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const isText = typeof body === 'string'
    const answer = await fetch(
      path.startsWith('/api/') || path.startsWith('/mailbox') ? url + path : `${url}/api/v1${path}`,
      {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      },
    )
    const type = answer.headers.get('content-type') ?? ''
    return { status: answer.status, type, body: type.includes('json') ? await answer.json() : await answer.text() }
  }

  async function succeed(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await ask(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async function list(path: string): Promise<Json[]> {
    const items: Json[] = []
    for (let next: unknown = ''; next !== null; ) {
      const page = await succeed('GET', path + (next === '' ? '' : `${path.includes('?') ? '&' : '?'}after=${next}`))
      items.push(...page.items)
      next = page.next ?? null
    }
    return items
  }

  return {
    url,
    ask,
    list,
    get: (path) => succeed('GET', path),
    post: (path, body) => succeed('POST', path, body),
    followJob: (path) =>
      eventually(`${path} ends`, async () => {
        const job = await succeed('GET', path)
        return ['waiting', 'running'].includes(job.state) ? undefined : job
      }),
    followCampaign: (id, state = 'done', seconds = 60) =>
      eventually(
        `campaign ${id} is ${state}`,
        async () => {
          const campaign = await succeed('GET', `/campaigns/${id}`)
          return campaign.state === state ? campaign : undefined
        },
        seconds,
      ),
    mailbox: (to) =>
      list(`/mailbox/api/messages?direction=to_participant&limit=1000${to ? `&to=${encodeURIComponent(to)}` : ''}`),
  }
}
