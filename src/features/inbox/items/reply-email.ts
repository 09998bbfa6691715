import { randomBytes } from 'node:crypto'
import { signToken, type TokenKeys } from '../../../lib/tokens.ts'
import type { Db } from '../../../platform/db/open.ts'
import { encodeBody, renderBody } from '../../../platform/mail/body.ts'
import type { DkimSigner } from '../../../platform/mail/dkim.ts'
import { composeMessage, type Mailbox } from '../../../platform/mail/message.ts'
import type { ClaimedDelivery, Compose, Composed } from '../../deliveries/index.ts'
import { listRepliesToCompose, type ReplyToCompose } from './reply-queries.ts'

interface EmailDeps {
  db: Db
  keys: TokenKeys
  clock: { now(): Date }
  config: { mailDomain: string }
  signer: DkimSigner | undefined
  /** Who such email is from. */
  from: Mailbox
}

/** Makes what staff wrote from the Inbox, and leaves every other delivery to `others`. */
export function createInboxReplyComposer(deps: EmailDeps, others: Compose): Compose {
  return async (claimed) => {
    // A campaign's groups cost no query here.
    const ids = claimed.filter(({ lane }) => lane === 'automatic').map(({ id }) => id)
    const replies = ids.length === 0 ? [] : await listRepliesToCompose(deps.db, ids)
    if (replies.length === 0) return others(claimed)
    const byDelivery = new Map(replies.map((reply) => [reply.delivery_id, reply]))
    const rest = claimed.filter(({ id }) => !byDelivery.has(id))
    const composeRest = rest.length > 0 ? await others(rest) : undefined
    return (delivery) => {
      const reply = byDelivery.get(delivery.id)
      if (reply) return composeReply(deps, delivery, reply)
      return composeRest ? composeRest(delivery) : { fault: 'The answer is gone.' }
    }
  }
}

/** A person's letter: it does not say that it is automatic, so an out-of-office answer may come back. */
function composeReply(deps: EmailDeps, delivery: ClaimedDelivery, reply: ReplyToCompose): Composed {
  const { keys, clock, config, signer, from } = deps
  const quote = quoteOf(reply)
  const text = `${reply.body}\n${quote ? `\n${quote.line}\n${quote.lines.map((line) => `> ${line}`).join('\n')}\n` : ''}`
  const plain = (whole: string) => ({ pieces: [whole], escape: (value: string) => value })
  const body = encodeBody(plain(text), plain(htmlOf(reply.body, quote)), `pp-${randomBytes(12).toString('hex')}`)
  const message = composeMessage(
    {
      from,
      to: { name: reply.to_name, address: delivery.address },
      replyTo: `reply+${signToken(keys, 'reply', delivery.id)}@${config.mailDomain}`,
      subject: reply.subject,
      date: clock.now(),
      messageId: `${delivery.id}.${signToken(keys, 'resend', delivery.id)}@${config.mailDomain}`,
      listId: `<${reply.round_code.toLowerCase()}.${config.mailDomain}>`,
      feedbackId: `${delivery.campaign_id}:${reply.round_code}:${delivery.lane}:pairpost`,
      inReplyTo: delivery.in_reply_to,
      ...{ automatic: false, unsubscribe: undefined },
    },
    body.contentType,
    renderBody(body, {}),
    signer,
  )
  return {
    from: `bounce+${signToken(keys, 'bounce', delivery.id)}@${config.mailDomain}`,
    to: delivery.address,
    message,
  }
}

interface Quote {
  line: string
  lines: string[]
}

const QUOTED = 4000

function quoteOf({ visible, received_at }: ReplyToCompose): Quote | undefined {
  const text = (visible ?? '').slice(0, QUOTED).toWellFormed().trim()
  if (text === '') return undefined
  return { line: `On ${received_at.toUTCString()}, you wrote:`, lines: text.split(/\r?\n/) }
}

/** `dir="auto"`: the answer may be in another script than the page around it. */
function htmlOf(body: string, quote: Quote | undefined): string {
  const lines = (text: string) => escapeHtml(text).replaceAll('\n', '<br>\n')
  const paragraphs = body.split(/\n{2,}/).map((paragraph) => `<p dir="auto">${lines(paragraph)}</p>`)
  const quoted = quote
    ? `<p>${escapeHtml(quote.line)}</p>\n<blockquote type="cite" dir="auto" style="margin:0 0 0 8px;padding-left:12px;border-left:2px solid #888">${lines(quote.lines.join('\n'))}</blockquote>`
    : ''
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head><body style="font-family:sans-serif;font-size:16px;line-height:1.5">\n${paragraphs.join('\n')}\n${quoted}\n</body></html>`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
