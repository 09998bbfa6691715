import type { List, Webhook } from './account.ts'
import { badRequest, bodyOf, done, type Handler, invalid, notFound, ok } from './answers.ts'
import { withList } from './members.ts'

const EVENTS = ['subscribe', 'unsubscribe', 'profile', 'cleaned', 'upemail', 'campaign']
const SOURCES = ['user', 'admin', 'api']

export const listWebhooks: Handler = withList((_call, list) => {
  const webhooks = [...list.webhooks.values()].map((webhook) => present(list, webhook))
  return ok({ webhooks, list_id: list.id, total_items: webhooks.length })
})

/** Taken when a GET of its address is answered by 200. Nobody is told of what is not asked for. */
export const createWebhook: Handler = withList(async (call, list) => {
  const { url, events, sources } = bodyOf(call) as Partial<Webhook>
  if (typeof url !== 'string' || !URL.canParse(url)) return invalid('url', 'This value is not a valid URL.')
  if ([...list.webhooks.values()].some((webhook) => webhook.url === url))
    return badRequest("Sorry, you can't set up multiple WebHooks for one URL")
  const refusal = invalid('url', 'We could not validate this URL: it must answer a GET with 200.')
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) })
    await answer.arrayBuffer()
    if (answer.status !== 200) return refusal
  } catch {
    return refusal
  }
  const webhook = { id: call.account.nextId(), url, events: flags(EVENTS, events), sources: flags(SOURCES, sources) }
  list.webhooks.set(webhook.id, webhook)
  return ok(present(list, webhook))
})

export const deleteWebhook: Handler = withList((call, list) =>
  list.webhooks.delete(call.ids.webhook_id ?? '') ? done : notFound(),
)

const flags = (names: readonly string[], asked: Record<string, boolean> | undefined) =>
  Object.fromEntries(names.map((name) => [name, asked?.[name] === true]))

const present = (list: List, { id, url, events, sources }: Webhook) => ({ id, url, events, sources, list_id: list.id })
