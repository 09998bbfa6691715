import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readIncoming } from '../../../../src/platform/mail/incoming/index.ts'
import { CONTEXT, failedGroup, writeMail, writeReport } from './write-mail.ts'

const MAILS = [
  writeMail('Yes, I confirm.'),
  writeReport([failedGroup('ana@lib.example', '5.1.1', '550 5.1.1 User unknown')]),
  writeMail(
    [
      ...[
        '--m',
        'Content-Type: multipart/alternative; boundary="a"',
        '',
        '--a',
        'Content-Type: text/plain; charset=iso-2022-jp',
        '',
      ],
      ...[
        '\x1b$B$O$$\x1b(B',
        '--a',
        'Content-Type: text/html',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<p>=E3=81=AF</p>',
      ],
      ...[
        '--a--',
        '--m',
        'Content-Type: message/rfc822',
        '',
        'From: a@b.example',
        'Subject: =?utf-8?b?44Gv?=',
        '',
        'Hi',
        '--m--',
      ],
    ],
    {
      type: 'multipart/mixed; boundary="m"',
      extra: ['List-Id: <a.b>', 'Return-Path: <>', 'X-Failed-Recipients: a@b.example'],
    },
  ),
]

/** Pieces that mean something to a parser. */
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 8 }).map((octets) => Buffer.from(octets)),
  fc
    .constantFrom(
      '\r\n',
      '\n',
      '\r',
      '\0',
      '--',
      '--m',
      '--a--',
      '\r\n\r\n',
      '"',
      '(',
      '<',
      '>',
      '=?',
      '?=',
      ';',
      ':',
      '=\r\n',
      '\x1b$B',
      'Content-Type: ',
    )
    .map((text) => Buffer.from(text, 'latin1')),
)
const cut = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40), piece)

describe('a damaged message', () => {
  test('is read as far as it goes, whatever was cut out of it or put into it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...MAILS), fc.array(cut, { minLength: 1, maxLength: 6 }), async (mail, cuts) => {
        let raw = mail
        for (const [where, length, put] of cuts) {
          const at = Math.floor(where * raw.length)
          raw = Buffer.concat([raw.subarray(0, at), put, raw.subarray(at + length)])
        }
        const incoming = await readIncoming(raw, CONTEXT)
        expect(incoming.kind).not.toBe('unreadable')
        const told = JSON.stringify(incoming)
        expect(told).not.toContain('\\u0000')
        expect(told).not.toMatch(/\\ud[89a-f]/i)
        expect(structuredClone(incoming)).toEqual(incoming)
      }),
      { numRuns: 500 },
    )
  })

  test('is read the same twice', async () => {
    for (const mail of MAILS) expect(await readIncoming(mail, CONTEXT)).toEqual(await readIncoming(mail, CONTEXT))
  })

  test('cut off anywhere is read', async () => {
    for (const mail of MAILS) {
      for (let length = 0; length < mail.length; length += 7)
        expect((await readIncoming(mail.subarray(0, length), CONTEXT)).kind).not.toBe('unreadable')
    }
  })
})
