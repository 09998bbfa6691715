import { expect, test } from 'vitest'
import { hashNetwork, networkOf } from '../../../src/features/tracking/network.ts'
import { tokenKeys } from '../../../src/lib/tokens.ts'

test.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:7:1::1', '2001:db8:7::/48'],
  ['2001:0DB8:0007:ffff:0:0:0:9', '2001:db8:7::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['2001:db8:0:5::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
])('%s is of %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network)
})

test.each(['', 'unknown', '1.2.3', '1.2.3.4.5', ':::', '1.2.3.400', 'a'.repeat(10_000)])('%j is of none', (ip) => {
  expect(networkOf(ip)).toBeUndefined()
})

test('a network has one hash, another for another network and another secret, and is nowhere in it', () => {
  const keys = tokenKeys(['a secret that only the tests have: 32+'])
  const hash = hashNetwork(keys, '192.0.2.1')
  expect(hash).toHaveLength(16)
  expect(hashNetwork(keys, '192.0.2.254')).toEqual(hash)
  expect(hashNetwork(keys, '192.0.3.1')).not.toEqual(hash)
  expect(hashNetwork(tokenKeys(['another secret of the tests, also 32+']), '192.0.2.1')).not.toEqual(hash)
  expect(hashNetwork(keys, 'nowhere')).toBeUndefined()
})
