import { BlockList, isIPv4 } from 'node:net'

const ELSEWHERE = new BlockList()
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
])
  ELSEWHERE.addSubnet(net, bits)
// Teredo, 6to4 and documentation: parts of the public range that lead to somewhere else, or nowhere.
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  ELSEWHERE.addSubnet(net, bits, 'ipv6')
const PUBLIC_IPV6 = new BlockList()
PUBLIC_IPV6.addSubnet('2000::', 3, 'ipv6')

const PORTS = [80, 443, 8080, 8443]

/**
 * Whether an address that somebody wrote may be connected to: only the public internet, on the web's ports, so that
 * no text makes us ask our own machine or network (RFC 6890; for IPv6 only what is given out, RFC 4291 §2.4).
 * @param address an IP address, without brackets
 */
export function isPublicWeb(address: string, port: number): boolean {
  if (!PORTS.includes(port)) return false
  if (isIPv4(address)) return !ELSEWHERE.check(address)
  return PUBLIC_IPV6.check(address, 'ipv6') && !ELSEWHERE.check(address, 'ipv6')
}
