import { createHmac, timingSafeEqual } from 'node:crypto'

const TOLERANCE_SECONDS = 300

/**
 * Reads `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`; several v1 may stand there while a secret is changed.
 * Undefined when one of them is right, else what is wrong in a sentence.
 */
export function findSignatureFault(input: {
  header: string
  body: Buffer
  secret: string
  now: Date
}): string | undefined {
  const pairs = input.header.split(',').map((pair) => pair.trim().split('=', 2))
  const time = pairs.find(([name]) => name === 't')?.[1] ?? ''
  const given = pairs.flatMap(([name, value]) => (name === 'v1' && value ? [value] : []))
  if (!/^\d{1,12}$/.test(time) || given.length === 0)
    return 'X-Pairpost-Signature must be t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">.'
  if (Math.abs(input.now.getTime() / 1000 - Number(time)) > TOLERANCE_SECONDS)
    return `The signature is older than ${TOLERANCE_SECONDS} seconds, or the clocks differ.`
  const wanted = createHmac('sha256', input.secret).update(`${time}.`).update(input.body).digest()
  // Hashed octets of one length: comparing takes the same time whatever was given.
  const isRight = given.some((hex) => {
    const octets = Buffer.from(hex, 'hex')
    return octets.length === wanted.length && timingSafeEqual(octets, wanted)
  })
  return isRight ? undefined : 'The signature is not right: is INBOUND_SECRET the same on both sides?'
}
