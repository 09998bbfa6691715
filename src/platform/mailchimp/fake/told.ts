import { createHmac } from 'node:crypto'
import type { Account, Contact, List } from './account.ts'
import { seededRandom, shuffled } from './random.ts'
import type { FakeEvent } from './shapes.ts'

/** Who did it: webhooks choose of whom they want to hear. */
export type Source = 'user' | 'admin' | 'api'

type Data = Record<string, string>

/** Queues an event for every webhook of the list that asked for it. `data` by the names within data[…]. */
export function tell(account: Account, list: List, source: Source | 'campaign', type: string, data: Data): void {
  const echoes = account.options.echoes ?? 'asked'
  if (source === 'api' && echoes === 'never') return
  const form = new URLSearchParams({ type, fired_at: account.clock.now().toISOString().slice(0, 19).replace('T', ' ') })
  for (const [name, value] of Object.entries(data)) form.append(`data${name}`, value)
  for (const webhook of list.webhooks.values()) {
    if (!webhook.events[type]) continue
    // What happens to campaigns is told whoever did it: the vendor's guide on webhooks.
    const isAsked = source === 'campaign' || webhook.sources[source] || (source === 'api' && echoes === 'always')
    if (isAsked) account.events.push({ url: webhook.url, body: form.toString(), type })
  }
}

/** What subscribe, unsubscribe and profile say of a contact. */
function dataOf(list: List, contact: Contact): Data {
  const data: Data = {
    '[id]': contact.unique_id,
    '[email]': contact.address,
    '[email_type]': 'html',
    '[ip_opt]': '198.51.100.7',
    '[web_id]': String(contact.web_id),
    '[merges][EMAIL]': contact.address,
  }
  for (const field of list.fields.values()) data[`[merges][${field.tag}]`] = contact.fields.get(field.tag) ?? ''
  data['[list_id]'] = list.id
  return data
}

export function tellContact(
  account: Account,
  list: List,
  source: Source,
  type: 'subscribe' | 'profile' | 'unsubscribe',
  contact: Contact,
  more: Data = {},
): void {
  if (list.webhooks.size > 0) tell(account, list, source, type, { ...more, ...dataOf(list, contact) })
}

export function tellMoved(account: Account, list: List, source: Source, contact: Contact, old: string): void {
  const data = {
    '[list_id]': list.id,
    '[new_id]': contact.unique_id,
    '[new_email]': contact.address,
    '[old_email]': old,
  }
  tell(account, list, source, 'upemail', data)
}

function signatureOf(secret: string, body: string, at: Date): string {
  const t = Math.floor(at.getTime() / 1000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`
}

/** Posts what is queued; what is not answered by 2xx stays queued. */
export async function deliverEvents(
  account: Account,
  how: { times?: number; order?: 'as fired' | 'reversed' | 'shuffled'; seed?: number } = {},
): Promise<number[]> {
  const queued = account.events.splice(0)
  const posts = queued.flatMap((event) => Array.from({ length: how.times ?? 1 }, () => event))
  const order = how.order ?? 'as fired'
  const random = how.seed === undefined ? account.random : seededRandom(how.seed)
  const ordered = order === 'shuffled' ? shuffled(posts, random) : order === 'reversed' ? posts.reverse() : posts
  const statuses: number[] = []
  const taken = new Set<FakeEvent>()
  for (const event of ordered) {
    const status = await post(account, event)
    if (status >= 200 && status < 300) taken.add(event)
    statuses.push(status)
  }
  account.events.unshift(...queued.filter((event) => !taken.has(event)))
  return statuses
}

async function post(account: Account, { url, body }: FakeEvent): Promise<number> {
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'MailChimp',
  }
  const secret = account.options.signingSecret
  if (secret) headers['x-mailchimp-signature'] = signatureOf(secret, body, account.clock.now())
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}
