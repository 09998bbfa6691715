import { expect, test } from 'vitest'
import { createSenderCheck } from '../../../src/features/inbox/index.ts'
import { openInbox } from './stage.ts'

const YES = 'Yes, I confirm my participation.'

/** Name servers that know one domain, which lets one address send and wants all else refused. */
const resolver = async (name: string, type: string): Promise<string[][]> => {
  asked.push(`${type} ${name}`)
  if (type === 'TXT' && name === 'library.example') return [['v=spf1 ip4:203.0.113.5 -all']]
  if (type === 'TXT' && name === '_dmarc.library.example') return [['v=DMARC1; p=reject']]
  throw Object.assign(new Error('nothing there'), { code: 'ENOTFOUND' })
}
let asked: string[] = []

test('a reply that somebody else sent in their name is for a person; one from their own server counts', async () => {
  asked = []
  const { reply, states, items } = await openInbox(undefined, { checkSender: createSenderCheck({ resolver }) })
  const forged = await reply('ana', YES, {}, { client_ip: '198.51.100.7', client_helo: 'elsewhere.example' })
  expect(forged).toMatchObject({ outcome: 'inbox', authenticity: { dmarc: 'fail', from_domain: 'library.example' } })
  expect((await items())[0]?.why).toMatch('DMARC failed')
  const own = await reply('ben', YES, {}, { client_ip: '203.0.113.5', client_helo: 'mx.library.example' })
  expect(own).toMatchObject({ outcome: 'confirmed', authenticity: { dmarc: 'pass', spf: 'pass' } })
  expect(await states()).toEqual({ ana: 'applied', ben: 'confirmed' })
})

test('what a server of ours hands on, or a mailbox, is not held against the sender, and without a signature nobody is asked', async () => {
  asked = []
  const { reply } = await openInbox(undefined, { checkSender: createSenderCheck({ resolver }) })
  expect(await reply('ana', YES, {}, { client_ip: '10.0.0.3' })).toMatchObject({
    outcome: 'confirmed',
    authenticity: null,
  })
  expect(await reply('ben', YES, {}, { source: 'imap', client_ip: null })).toMatchObject({ outcome: 'confirmed' })
  expect(asked).toEqual([])
})

test('name servers that do not answer hold nothing up and say so', async () => {
  const never = () => new Promise<string[][]>(() => undefined)
  const check = createSenderCheck({ resolver: never })
  const began = performance.now()
  const raw = Buffer.from('From: ana@library.example\r\nSubject: x\r\n\r\nYes\r\n')
  const found = await check({
    raw,
    source: 'smtp',
    mail_from: 'ana@library.example',
    client_ip: '203.0.113.5',
    client_helo: 'x',
  })
  expect(found).toMatchObject({ dmarc: 'temperror' })
  expect(performance.now() - began).toBeLessThan(10_000)
}, 20_000)

test('a forger whose own name servers never answer is not believed for that', async () => {
  const partly = (name: string, type: string) =>
    name.endsWith('slow.example') ? new Promise<string[][]>(() => undefined) : resolver(name, type)
  const { reply, states } = await openInbox(undefined, { checkSender: createSenderCheck({ resolver: partly }) })
  const envelope = { mail_from: 'x@slow.example', client_ip: '198.51.100.7', client_helo: 'x' }
  expect(await reply('ana', YES, {}, envelope)).toMatchObject({
    outcome: 'inbox',
    authenticity: { dmarc: 'temperror' },
  })
  expect(await states()).toMatchObject({ ana: 'applied' })
}, 20_000)
