import { afterEach, describe, expect, test } from 'vitest'
import { type IncomingReader, openIncomingReader, readIncoming } from '../../../../src/platform/mail/incoming/index.ts'
import { CONTEXT, writeMail } from './write-mail.ts'

const STUCK = new URL('./stuck-thread.ts', import.meta.url)
const opened: IncomingReader[] = []

function open(settings: Parameters<typeof openIncomingReader>[0] = {}): IncomingReader {
  const reader = openIncomingReader(settings)
  opened.push(reader)
  return reader
}

afterEach(() => Promise.all(opened.splice(0).map((reader) => reader.close())))

describe('the thread that reads', () => {
  test('gives what reading on the spot gives, for many at once', async () => {
    const reader = open()
    const mails = Array.from({ length: 20 }, (_, at) => writeMail(`Yes ${at}`, { subject: `Re: ${at}` }))
    const read = await Promise.all(mails.map((raw) => reader.read(raw, CONTEXT)))
    expect(read).toEqual(await Promise.all(mails.map((raw) => readIncoming(raw, CONTEXT))))
  })

  test('leaves the message with its owner', async () => {
    const raw = writeMail('Yes')
    const before = Buffer.from(raw)
    await open().read(raw, CONTEXT)
    expect(raw.equals(before)).toBe(true)
  })

  test('is replaced when a message keeps it for too long, and only that message is lost to it', async () => {
    const reader = open({ module: STUCK, limitMs: 300 })
    const [stuck, next] = await Promise.all(
      ['runs for ever', 'Re: 2016A'].map((subject) => reader.read(writeMail('Yes', { subject }), CONTEXT)),
    )
    expect(stuck).toMatchObject({
      kind: 'unreadable',
      why: 'It could not be read: reading it took more than 0.3 s.',
      never_answer: true,
    })
    expect(next).toMatchObject({ kind: 'reply', subject: 'Re: 2016A' })
  })

  test.each([
    ['takes all memory', 'reading it took more memory than a message may'],
    ['leaves', 'the thread that read it ended'],
  ])('is replaced when a message %s', async (subject, why) => {
    const reader = open({ module: STUCK, limitMs: 20_000 })
    expect(await reader.read(writeMail('Yes', { subject }), CONTEXT)).toMatchObject({
      kind: 'unreadable',
      why: `It could not be read: ${why}.`,
    })
    expect((await reader.read(writeMail('Yes'), CONTEXT)).kind).toBe('reply')
  })

  test('that cannot begin makes messages unreadable, not lost', async () => {
    const reader = open({ module: new URL('./no-such-thread.ts', import.meta.url) })
    expect(await reader.read(writeMail('Yes'), CONTEXT)).toMatchObject({ kind: 'unreadable' })
  })

  test('refuses what waits when it is closed, and everything after', async () => {
    const reader = openIncomingReader({ module: STUCK, limitMs: 20_000 })
    const waiting = ['runs for ever', 'Re: 2016A'].map((subject) => reader.read(writeMail('Yes', { subject }), CONTEXT))
    const refused = Promise.all(waiting.map((each) => expect(each).rejects.toThrow('closed')))
    await reader.close()
    await refused
    await expect(reader.read(writeMail('Yes'), CONTEXT)).rejects.toThrow('closed')
  })
})
