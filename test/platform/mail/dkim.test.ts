import { createHash, createVerify, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { createDkimSigner } from '../../../src/platform/mail/dkim.ts'
import { composeMessage } from '../../../src/platform/mail/message.ts'
import { type Field, readMessage } from './read-message.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const signer = createDkimSigner({ domain: 'example.org', selector: 'pp1', privateKey })

const BODY = ['--b\r\n\r\nHello  there \t\r\n', '.dots\r\n \r\n', 'é as QP =C3=A9\r\n--b--\r\n\r\n\r\n'].map((part) =>
  Buffer.from(part),
)

function signed(
  subject = 'Topic 1: a subject that is long enough to be folded over more than one line of the header',
): string {
  return composeMessage(
    {
      from: { name: 'The "programme" team', address: 'programme@example.org' },
      to: { name: '山田太郎', address: 'taro@library.example' },
      replyTo: 'reply+abc@example.org',
      ...{ subject, date: new Date('2016-03-01T09:00:00Z'), messageId: '17.abc@example.org' },
      ...{ listId: '<2016a.example.org>', feedbackId: '1:2016A:campaign:pairpost', automatic: false },
      unsubscribe: {
        url: 'https://example.org/u/abcdefghijklmnopqrstuvwxyz23',
        mailto: 'mailto:u+abcdefghijklmnopqrstuvwxyz23@example.org',
      },
    },
    'multipart/alternative; boundary="b"',
    BODY,
    signer,
  ).toString('latin1')
}

/** RFC 6376 §6.1, for relaxed/relaxed with rsa-sha256, written from the text. */
function verifies(message: string): boolean {
  const { fields, body } = readMessage(Buffer.from(message, 'latin1'))
  const own = fields.find((field) => field.name.toLowerCase() === 'dkim-signature')
  if (!own) return false
  const tags = new Map(
    own.value.split(';').map((part) => {
      const at = part.indexOf('=')
      return [part.slice(0, at).trim(), part.slice(at + 1).replace(/\s+/g, '')]
    }),
  )
  if (tags.get('v') !== '1' || tags.get('a') !== 'rsa-sha256' || tags.get('c') !== 'relaxed/relaxed') return false
  if (
    createHash('sha256')
      .update(relaxedBody(body.toString('latin1')), 'latin1')
      .digest('base64') !== tags.get('bh')
  )
    return false
  // §5.4.2: of several fields with one name, the last not yet used; when there is none, nothing is hashed.
  const left = [...fields]
  let hashed = ''
  for (const name of (tags.get('h') ?? '').split(':')) {
    const at = left.findLastIndex((field) => field.name.toLowerCase() === name.toLowerCase())
    if (at >= 0) hashed += `${relaxedHeader(left.splice(at, 1)[0] as Field)}\r\n`
  }
  const unsigned = relaxedHeader({ ...own, raw: own.raw.replace(/(;\s*b=)[^;]*/, '$1') })
  return createVerify('RSA-SHA256')
    .update(hashed + unsigned, 'latin1')
    .verify(publicKey, tags.get('b') ?? '', 'base64')
}

/** §3.4.2 */
function relaxedHeader({ name, raw }: Field): string {
  const value = raw
    .slice(raw.indexOf(':') + 1)
    .replace(/\r\n(?=[ \t])/g, '')
    .replace(/[ \t]+/g, ' ')
  return `${name.toLowerCase().trimEnd()}:${value.trim()}`
}

/** §3.4.4 */
function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
  while (lines.at(-1) === '') lines.pop()
  return lines.map((line) => `${line}\r\n`).join('')
}

const signedNames = (message: string) =>
  (/h=([^;]+);/.exec(readMessage(Buffer.from(message)).fields[0]?.value ?? '')?.[1] ?? '')
    .split(':')
    .map((name) => name.trim().toLowerCase())

test('the signature is right by a reading of the RFC of its own', () => {
  expect(verifies(signed())).toBe(true)
  expect(verifies(signed('Plain'))).toBe(true)
})

test('what a relay may do to white space and folds keeps it right; anything else breaks it', () => {
  const message = signed()
  expect(verifies(message.replace('Hello  there \t\r\n', 'Hello there\r\n'))).toBe(true)
  expect(verifies(message.replace('\r\nSubject: ', '\r\nsubject:   '))).toBe(true)
  expect(verifies(`${message}\r\n\r\n`)).toBe(true)
  expect(verifies(message.replace('Hello', 'Hallo'))).toBe(false)
  expect(verifies(message.replace('Topic 1', 'Topic 2'))).toBe(false)
})

test.each(['From: evil@example.com', 'Subject: Evil'])(
  'a second "%s" put in on the way breaks the signature',
  (line) => {
    const message = signed()
    expect(verifies(`${line}\r\n${message}`)).toBe(false)
    expect(verifies(message.replace('\r\n\r\n', `\r\n${line}\r\n\r\n`))).toBe(false)
  },
)

test('everything that a reader or a provider acts on is signed, both unsubscribe headers too', () => {
  const names = signedNames(signed())
  for (const name of [
    'from',
    'to',
    'reply-to',
    'subject',
    'date',
    'message-id',
    'list-unsubscribe',
    'list-unsubscribe-post',
    'content-type',
    'mime-version',
  ]) {
    expect(names).toContain(name)
  }
  expect(names.filter((name) => name === 'from')).toHaveLength(2)
  expect(names.filter((name) => name === 'subject')).toHaveLength(2)
  expect(verifies(signed().replace('List-Unsubscribe=One-Click', 'List-Unsubscribe=Two-Click'))).toBe(false)
})

test('the signature keeps to short lines', () => {
  for (const line of readMessage(Buffer.from(signed())).headLines) expect(line.length).toBeLessThanOrEqual(78)
})

test('a key of another kind is refused at the start', () => {
  const other = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  expect(() => createDkimSigner({ domain: 'a.example', selector: 's', privateKey: other.privateKey })).toThrow(/RSA/)
})
