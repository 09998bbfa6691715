import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type IncomingReader, openIncomingReader } from '../../../../src/platform/mail/incoming/index.ts'
import { CONTEXT, writeMail } from './write-mail.ts'

const MB = 1024 * 1024
const MIXED = { type: 'multipart/mixed; boundary=b' }
const lines = (count: number, line: (at: number) => string) => Array.from({ length: count }, (_, at) => line(at))
const endless = (line: string, octets: number, fields = {}) =>
  Buffer.concat([writeMail('', fields), Buffer.alloc(octets, line)])

/** Each with what has to be said about it; mail that is only large is read whole. */
const HOSTILE: Record<string, { raw: () => Buffer; cut?: string; expected?: object }> = {
  'a line of 200 KB': {
    raw: () => writeMail('x'.repeat(200_000)),
    cut: 'a line of 200002 octets after its first 64 KB',
  },
  '200 KB of blanks': { raw: () => writeMail(`${' '.repeat(200_000)}yes`), cut: 'a line of' },
  '10,000 parts': {
    raw: () =>
      writeMail(
        lines(10_000, (at) => `--b\r\nContent-Type: text/plain\r\n\r\npart ${at}\r\n`),
        MIXED,
      ),
    cut: 'parts after the first 200',
    expected: { text: 'part 0\n' },
  },
  'a thousand multiparts in each other': {
    raw: () =>
      Buffer.from(
        `From: a@b.example\r\n${lines(1000, (at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join('')}`,
      ),
    cut: 'parts within more than 20 others',
  },
  'a thousand messages in each other': {
    raw: () => Buffer.from(`From: a@b.example\r\n${'Content-Type: message/rfc822\r\n\r\n'.repeat(1000)}Yes`),
    cut: 'parts within more than 20 others',
    expected: { text: undefined, from: { address: 'a@b.example' } },
  },
  'a zip bomb': {
    raw: () =>
      writeMail(
        [
          ...['--b', 'Content-Type: text/plain', '', 'Yes', '', '--b', 'Content-Type: application/zip; name="42.zip"'],
          ...['Content-Transfer-Encoding: base64', '', ...lines(100_000, () => 'UEsDBBQAAAAIAAAA'.repeat(4)), '--b--'],
        ],
        MIXED,
      ),
    expected: {
      text: 'Yes\n',
      cuts: [],
      attachments: [{ filename: '42.zip', mime_type: 'application/zip', size: 4_800_000 }],
    },
  },
  'a message of 30 MB': {
    raw: () => endless('Yes, I confirm.\r\n', 30 * MB),
    cut: 'the message after its first 25 MB',
  },
  '100,000 header fields': {
    raw: () => Buffer.from(`From: a@b.example\r\n${lines(100_000, (at) => `X-${at}: x`).join('\r\n')}\r\n\r\nYes`),
    cut: 'header fields after the first 1000',
    expected: { text: 'Yes\n', from: { address: 'a@b.example' } },
  },
  'a field of a megabyte': {
    raw: () => Buffer.from(`From: a@b.example\r\nSubject: ${'x'.repeat(MB)}\r\n\r\nYes`),
    cut: 'a header after its first 256 KB',
    expected: { text: 'Yes\n' },
  },
  'a field folded 50,000 times': {
    raw: () => Buffer.from(`From: a@b.example\r\nReferences:${'\r\n <a@b.example>'.repeat(50_000)}\r\n\r\nYes`),
    cut: 'header fields after their first 64 KB',
  },
  '20,000 recipients': {
    raw: () => writeMail('Yes', { to: 'a@b.example, '.repeat(20_000) }),
    cut: 'header fields after',
  },
  '25 MB of line ends': { raw: () => endless('\n', 24 * MB, MIXED), cut: 'a text after' },
  '25 MB of what begins a boundary': {
    raw: () => endless('\n--', 24 * MB, MIXED),
    cut: 'lines that look like boundaries',
  },
  '25 MB of blanks': { raw: () => endless(' ', 24 * MB), cut: 'a text after' },
  '25 MB of zeros': { raw: () => endless('\0', 24 * MB), cut: 'a text after', expected: { text: undefined } },
  'tags that never end': { raw: () => writeMail('<br '.repeat(100_000), { type: 'text/html' }), cut: 'a line of' },
  'a bounce of nothing but addresses': {
    raw: () =>
      writeMail(
        lines(15_000, (at) => `a${at}@b.example: 550 user unknown`),
        { from: 'MAILER-DAEMON@b.example', subject: 'failure notice' },
      ),
    expected: { kind: 'bounce' },
  },
  'a bounce that is one page of tags': {
    raw: () =>
      writeMail(`${'<style '.repeat(8000)}\n`.repeat(15), {
        type: 'text/html',
        from: 'MAILER-DAEMON@b.example',
        subject: 'failure notice',
      }),
  },
  'a report of 10,000 recipients': {
    raw: () =>
      writeMail(
        [
          '--b',
          'Content-Type: message/delivery-status',
          '',
          'Reporting-MTA: dns; a',
          '',
          ...lines(10_000, (at) => `Final-Recipient: rfc822; a${at}@b.example\r\nAction: failed\r\n`),
        ],
        { ...MIXED, from: 'MAILER-DAEMON@b.example' },
      ),
    cut: 'a text after its first 10000 lines',
    expected: { kind: 'bounce' },
  },
  'two hundred attachments with encoded names': {
    raw: () =>
      writeMail(
        lines(
          190,
          () =>
            `--b\r\nContent-Type: a/b; name="${'=?utf-8?q?=41?= '.repeat(200)}"\r\nContent-Disposition: attachment\r\n\r\nx\r\n`,
        ),
        MIXED,
      ),
    cut: 'attachments after the first 100',
  },
}

let reader: IncomingReader
beforeAll(async () => {
  reader = openIncomingReader()
  await reader.read(writeMail('Yes'), CONTEXT)
})
afterAll(() => reader.close())

/** The best of three: the promise is about the message, not about what else the machine has to do. */
async function measure(raw: Buffer) {
  for (let tries = 1; ; tries++) {
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    const start = performance.now()
    const incoming = await reader.read(raw, CONTEXT)
    const took = performance.now() - start
    delay.disable()
    const blocked = delay.max / 1e6
    if ((took < 2000 && blocked < 200 && incoming.kind !== 'unreadable') || tries === 3)
      return { incoming, took, blocked }
  }
}

describe('hostile mail is read within limits, and what was left out is said', () => {
  test.each(Object.entries(HOSTILE))('%s', async (_, { raw, cut, expected = {} }) => {
    const { incoming, took, blocked } = await measure(raw())
    expect(incoming.kind).not.toBe('unreadable')
    expect(incoming).toMatchObject(expected)
    if (cut) expect(incoming.cuts.join(' ')).toContain(cut)
    expect(took).toBeLessThan(2000)
    expect(blocked).toBeLessThan(200)
  })
})
