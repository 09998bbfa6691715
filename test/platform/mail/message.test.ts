import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { composeMessage, formatMailbox, type MessageHeader } from '../../../src/platform/mail/message.ts'
import { fieldOf, fieldsOf, readMessage } from './read-message.ts'

const HEADER: MessageHeader = {
  from: { name: 'The programme team', address: 'programme@example.org' },
  to: { name: 'Amina Okafor', address: 'amina@library.example' },
  replyTo: 'reply+abc@example.org',
  subject: 'Topic 1',
  date: new Date('2016-03-01T09:00:00Z'),
  messageId: '17.abc@example.org',
  listId: '<2016a.example.org>',
  feedbackId: '1:2016A:campaign:pairpost',
  automatic: false,
  unsubscribe: { url: 'https://example.org/u/abc', mailto: 'mailto:u+abc@example.org' },
}

const compose = (change: Partial<MessageHeader> = {}) =>
  composeMessage({ ...HEADER, ...change }, 'multipart/alternative; boundary="b"', [Buffer.from('--b--\r\n')])

test('a campaign has one List-Unsubscribe with both addresses, and one click', () => {
  const message = readMessage(compose())
  expect(fieldsOf(message, 'List-Unsubscribe')).toEqual(['<https://example.org/u/abc>, <mailto:u+abc@example.org>'])
  expect(fieldsOf(message, 'List-Unsubscribe-Post')).toEqual(['List-Unsubscribe=One-Click'])
  expect(fieldOf(message, 'Auto-Submitted')).toBeUndefined()
})

test('automatic email says that it is, and has no list to leave', () => {
  const message = readMessage(compose({ automatic: true, unsubscribe: undefined }))
  expect(fieldsOf(message, 'Auto-Submitted')).toEqual(['auto-generated'])
  expect(fieldOf(message, 'X-Auto-Response-Suppress')).toBe('OOF, AutoReply')
  expect(fieldOf(message, 'List-Unsubscribe')).toBeUndefined()
  expect(fieldOf(message, 'List-Unsubscribe-Post')).toBeUndefined()
})

test('every field that must be there is there once, and the date is one that RFC 5322 knows', () => {
  const message = readMessage(compose())
  for (const name of [
    'From',
    'To',
    'Reply-To',
    'Subject',
    'Date',
    'Message-ID',
    'List-Id',
    'Feedback-ID',
    'MIME-Version',
    'Content-Type',
  ]) {
    expect(fieldsOf(message, name), name).toHaveLength(1)
  }
  expect(fieldOf(message, 'Date')).toBe('Tue, 01 Mar 2016 09:00:00 +0000')
  expect(fieldOf(message, 'Message-ID')).toBe('<17.abc@example.org>')
})

const NAMES = [
  'Amina Okafor',
  "O'Brien, José (Pepe)",
  'A "quoted" \\ name',
  'Evil\r\nBcc: victim@example.org',
  'Evil\nBcc: victim@example.org\r\n\r\nBody',
  'أمينة',
  '山田太郎',
  '=?utf-8?Q?=0D=0ABcc:_x@example.org?=',
  '=?utf-8?B?ZXZpbA==?=',
  'N'.repeat(200),
  'é'.repeat(200),
  'word '.repeat(40),
  '👩‍👩‍👧 family',
  'a@b.example <c@d.example>',
]

test.each(NAMES)('the name "%s" comes out as it went in, on lines of its own header alone', async (name) => {
  const raw = compose({ to: { name, address: 'amina@library.example' }, subject: `For ${name}` })
  const { fields, headLines } = readMessage(raw)
  expect(fields.map((field) => field.name)).not.toContain('Bcc')
  for (const line of headLines) {
    expect(line.length).toBeLessThanOrEqual(78)
    expect(line).toMatch(/^[\x20-\x7e\t]*\S[\x20-\x7e\t]*$/)
  }
  const read = await PostalMime.parse(raw)
  const clean = name.replace(/[\r\n ]+/g, ' ').trim()
  expect(read.to).toEqual([{ name: clean, address: 'amina@library.example' }])
  expect(read.subject).toBe(`For ${clean}`)
})

test('marks that turn round the direction of text are taken out of names and subjects: they could forge an address', async () => {
  const read = await PostalMime.parse(
    compose({ to: { name: 'A\u202egro.live@moc\u2066x\u200f', address: 'a@b.example' }, subject: 'x\u202ey' }),
  )
  expect(read.to).toEqual([{ name: 'Agro.live@mocx', address: 'a@b.example' }])
  expect(read.subject).toBe('xy')
})

test('whatever the name and the subject, they are read as they were written', async () => {
  const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
  await fc.assert(
    fc.asyncProperty(words, words, async (name, subject) => {
      const read = await PostalMime.parse(compose({ from: { name, address: 'p@example.org' }, subject }))
      const clean = (text: string) =>
        text
          .replace(/[\p{Cc}\u2028\u2029 ]+/gu, ' ')
          .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
          .trim()
      expect(read.from?.address).toBe('p@example.org')
      expect(read.from?.name).toBe(clean(name))
      expect(read.subject ?? '').toBe(clean(subject))
    }),
    { numRuns: 400 },
  )
})

test('a mailbox without a name is its address alone', () => {
  expect(formatMailbox({ name: ' \r\n ', address: 'a@b.example' })).toBe('a@b.example')
})
