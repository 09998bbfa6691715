import { createHmac, timingSafeEqual } from 'node:crypto'

const TOLERANCE_SECONDS = 300

/**
 * Whether `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">` was made with one of these secrets, at most 300 seconds
 * ago or ahead. Several v1 may stand there while a secret is changed.
 */
export function isSigned(input: { header: string; body: Buffer; secrets: readonly string[]; now: Date }): boolean {
  const pairs = input.header.split(',').map((pair) => pair.trim().split('=', 2))
  const time = pairs.find(([name]) => name === 't')?.[1] ?? ''
  if (!/^\d{1,12}$/.test(time)) return false
  if (Math.abs(input.now.getTime() / 1000 - Number(time)) > TOLERANCE_SECONDS) return false
  const given = pairs.flatMap(([name, value]) =>
    name === 'v1' && /^[0-9a-f]{64}$/i.test(value ?? '') ? [Buffer.from(value as string, 'hex')] : [],
  )
  return input.secrets.some((secret) => {
    const wanted = createHmac('sha256', secret).update(`${time}.`).update(input.body).digest()
    return given.some((octets) => timingSafeEqual(octets, wanted))
  })
}
