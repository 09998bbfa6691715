import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { TokenKey, TokenKeys } from '../../lib/tokens.ts'

/**
 * The secret of an endpoint as its owner keeps it: `whsec_` and 32 octets in base64, made from the row's salt and our
 * newest key, so that neither the database nor the key alone is enough to sign.
 */
export function secretOf(keys: TokenKeys, salt: Buffer): string {
  return secretBy(keys[0], salt)
}

function secretBy({ secret }: TokenKey, salt: Buffer): string {
  const made = createHmac('sha256', secret).update('webhook secret').update('\0').update(salt).digest('base64')
  return `whsec_${made}`
}

/**
 * The header `webhook-signature`: a signature by each of our keys, separated by blanks as the specification allows, so
 * that a receiver whose secret was made with an older key still finds its own.
 */
export function signMessage(keys: TokenKeys, salt: Buffer, message: { id: string; at: Date; body: string }): string {
  const { id, at, body } = message
  return keys.map((key) => new Webhook(secretBy(key, salt)).sign(id, at, body)).join(' ')
}
