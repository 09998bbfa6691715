import { expect, test } from 'vitest'
import { isPublicWeb } from '../../../src/platform/http/reach.ts'

test.each([
  ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...['169.254.169.254', '192.0.0.8', '192.0.2.1', '198.18.0.1', '203.0.113.7', '224.0.0.251', '255.255.255.255'],
  ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1', 'fc00::1', 'fd12:3456::1', 'fe80::1'],
  ...['ff02::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '100::1', 'fec0::1'],
])('%s is nowhere that a text may send us', (address) => {
  expect(isPublicWeb(address, 443)).toBe(false)
})

test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '192.167.1.1', '2606:4700::1111', '2a00:1450::1'])(
  '%s is on the public web',
  (address) => {
    expect(isPublicWeb(address, 443)).toBe(true)
    expect(isPublicWeb(address, 80)).toBe(true)
    expect(isPublicWeb(address, 22)).toBe(false)
    expect(isPublicWeb(address, 5432)).toBe(false)
  },
)
