import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { TokenKey } from '../../../lib/tokens.ts'
import type { MailchimpDeps } from '../deps.ts'

type SecretDeps = Pick<MailchimpDeps, 'keys' | 'config'>

/** The unguessable part of our address: the configured one, else one made of our newest key. Never in a log. */
export function webhookSecret({ keys, config }: SecretDeps): string {
  return config.mailchimp?.webhookSecret ?? secretBy(keys[0])
}

/** Where Mailchimp tells us what others do there. It holds the secret: for Mailchimp alone. */
export function webhookUrl(deps: SecretDeps): string {
  return `${deps.config.publicUrl}/api/v1/webhooks/mailchimp/${encodeURIComponent(webhookSecret(deps))}`
}

/** Every secret that is right: after a change of our key, or once one is configured, Mailchimp still calls the address that it was given. */
export function listSecrets({ keys, config }: SecretDeps): string[] {
  const configured = config.mailchimp?.webhookSecret
  const made = keys.map(secretBy)
  return configured === undefined ? made : [configured, ...made]
}

/** Compared by their digests, all of one length: it takes the same time whatever was given. */
export function isSecret(deps: SecretDeps, given: string): boolean {
  const digest = sha256(given)
  return listSecrets(deps).filter((secret) => timingSafeEqual(sha256(secret), digest)).length > 0
}

function secretBy({ secret }: TokenKey): string {
  return createHmac('sha256', secret).update('mailchimp webhook').digest('base64url')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
