import { createHmac } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { TokenKeys } from '../../lib/tokens.ts'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const OCTETS = 16

/**
 * A keyed hash of the network that an address is of (the /24 of IPv4, the /48 of IPv6): the same network can be told
 * apart from others and never told, nor guessed without our secret. Undefined when it is no address. After a change of
 * the secret the same network has another hash, which only parts sessions at that moment.
 */
export function hashNetwork(keys: TokenKeys, ip: string): Buffer | undefined {
  const network = networkOf(ip)
  if (network === undefined) return undefined
  return createHmac('sha256', keys[0].secret).update('tracking network\0').update(network).digest().subarray(0, OCTETS)
}

/** Such as `192.0.2.0/24` or `2001:db8:7::/48`; undefined when it is no address. */
export function networkOf(ip: string): string | undefined {
  const four = MAPPED.exec(ip)?.[1] ?? ip
  if (isIPv4(four)) return `${four.split('.', 3).join('.')}.0/24`
  // A zone names an interface of this machine, not a network.
  const six = ip.split('%', 1)[0] as string
  if (!isIPv6(six)) return undefined
  // RFC 5952 form, so that one network is written in one way.
  const [head = '', tail] = new URL(`http://[${six}]`).hostname.slice(1, -1).split('::', 2)
  const groups = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole = [...groups, ...Array<string>(8 - groups.length - last.length).fill('0'), ...last]
  return `${whole.slice(0, 3).join(':')}::/48`
}
