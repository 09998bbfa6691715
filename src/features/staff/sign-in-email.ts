import { randomBytes } from 'node:crypto'
import { signToken, type TokenKeys } from '../../lib/tokens.ts'
import type { Db } from '../../platform/db/open.ts'
import { encodeBody, renderBody } from '../../platform/mail/body.ts'
import type { DkimSigner } from '../../platform/mail/dkim.ts'
import { composeMessage, type Mailbox } from '../../platform/mail/message.ts'
import type { ClaimedDelivery, Compose, Composed } from '../deliveries/index.ts'
import { LINK_MINUTES, signInUrl } from './sign-in.ts'
import { listLinksOfDeliveries } from './sign-in-queries.ts'

interface EmailDeps {
  db: Db
  keys: TokenKeys
  clock: { now(): Date }
  config: { publicUrl: string; mailDomain: string }
  signer: DkimSigner | undefined
  /** Who such email is from. */
  from: Mailbox
}

/**
 * Makes sign-in emails, and leaves every other delivery to `others`. The link is signed when the message is made: it
 * stands in no row, and no log.
 */
export function createSignInComposer(deps: EmailDeps, others: Compose): Compose {
  return async (claimed) => {
    // Most groups are a campaign's: they cost no query here.
    const mine = claimed.filter(({ person_id, lane }) => person_id === null && lane === 'automatic')
    if (mine.length === 0) return others(claimed)
    const links = await listLinksOfDeliveries(
      deps.db,
      mine.map(({ id }) => id),
    )
    if (links.length === 0) return others(claimed)
    const byDelivery = new Map(links.map((link) => [link.delivery_id, link]))
    return (delivery) => {
      const link = byDelivery.get(delivery.id)
      return link ? composeEmail(deps, delivery, link) : { fault: 'The sign-in link is gone.' }
    }
  }
}

function composeEmail(deps: EmailDeps, delivery: ClaimedDelivery, link: { id: number; name: string }): Composed {
  const { keys, clock, config, signer, from } = deps
  const url = signInUrl({ keys, config }, link.id)
  const text = `Open this page and press its button to sign in:

${url}

The link works once, within ${LINK_MINUTES} minutes. If you did not ask for it, ignore this email: nobody gets in without it.
`
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head><body style="font-family:sans-serif;font-size:16px;line-height:1.5"><p>Open this page and press its button to sign in:</p><p><a href="${url}">${url}</a></p><p>The link works once, within ${LINK_MINUTES} minutes. If you did not ask for it, ignore this email: nobody gets in without it.</p></body></html>`
  const plain = (whole: string) => ({ pieces: [whole], escape: (value: string) => value })
  const body = encodeBody(plain(text), plain(html), `pp-${randomBytes(12).toString('hex')}`)
  const message = composeMessage(
    {
      from,
      to: { name: link.name, address: delivery.address },
      replyTo: from.address,
      subject: 'Your link to sign in to Pairpost',
      date: clock.now(),
      messageId: `${delivery.id}.${signToken(keys, 'resend', delivery.id)}@${config.mailDomain}`,
      listId: `<staff.${config.mailDomain}>`,
      feedbackId: `${delivery.campaign_id}:staff:automatic:pairpost`,
      automatic: true,
      unsubscribe: undefined,
    },
    body.contentType,
    renderBody(body, {}),
    signer,
  )
  const returnPath = `bounce+${signToken(keys, 'bounce', delivery.id)}@${config.mailDomain}`
  return { from: returnPath, to: delivery.address, message }
}
