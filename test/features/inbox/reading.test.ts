import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { readIncomingJob, sweepIncoming } from '../../../src/features/inbox/index.ts'
import { readIncoming } from '../../../src/platform/mail/incoming/index.ts'
import { openInbox, readDeps, write } from './stage.ts'

const YES = 'Yes, I confirm my participation.'

test('the same message by two ways is read once, and the copy says of which it is one', async () => {
  const { addressOf, receive, answers, items } = await openInbox()
  const to = await addressOf('ana')
  const raw = await write({ to, text: YES })
  const first = await receive(raw, { rcpt_to: to })
  const viaMailbox = Buffer.concat([Buffer.from('Received: from a by b; Tue, 1 Mar 2016 09:00:00 +0000\r\n'), raw])
  expect(await receive(viaMailbox, { rcpt_to: null, source: 'imap', mail_from: null })).toMatchObject({
    ...{ kind: 'duplicate', outcome: 'ignored', why: `The same message came before, as number ${first.id}.` },
  })
  expect(await answers('ana')).toHaveLength(1)
  expect(await items()).toEqual([])
})

test('another text under the same Message-ID is another message', async () => {
  const { addressOf, receive } = await openInbox()
  const to = await addressOf('ana')
  await receive(await write({ to, text: YES, message_id: '<same@mail.example>' }), { rcpt_to: to })
  const second = await write({ to, text: 'And a question: when does it begin?', message_id: '<same@mail.example>' })
  expect(await receive(second, { rcpt_to: to })).toMatchObject({ kind: 'reply', outcome: 'inbox' })
})

test('many workers at one message read it once', async () => {
  const { deps, addressOf, take, answers, notices, events } = await openInbox()
  const to = await addressOf('ana')
  const ids = [await take(await write({ to, text: YES }), { rcpt_to: to })]
  ids.push(await take(await write({ to, text: YES, message_id: '<copy@x.example>' }), { rcpt_to: to }))
  const workers = Array.from({ length: 6 }, () => readIncomingJob(readDeps(deps)))
  await Promise.all(workers.flatMap((read) => ids.map((incoming_id) => read({ incoming_id }))))
  expect(await events()).toEqual(['reply', 'reply'])
  expect(await answers('ana')).toHaveLength(2)
  expect(await notices('ana')).toHaveLength(1)
})

test('two who are past the claim act once: the second finds it read', async () => {
  const { deps, addressOf, take, answers, events } = await openInbox()
  const to = await addressOf('ana')
  const incoming_id = await take(await write({ to, text: YES }), { rcpt_to: to })
  const jobs: Promise<void>[] = []
  const both = Promise.withResolvers<void>()
  const read: typeof readIncoming = async (raw, context) => {
    // The message of ours that it answers is read too.
    if (!raw.includes(YES)) return readIncoming(raw, context)
    // The other gets the claim too, as if ours had run out; both go on together.
    await sql`update incoming_messages set try_at = null`.execute(deps.db)
    if (jobs.length < 2) begin()
    else both.resolve()
    await both.promise
    return readIncoming(raw, context)
  }
  const begin = () => jobs.push(readIncomingJob(readDeps(deps, { read }))({ incoming_id }))
  begin()
  await both.promise
  await Promise.all(jobs)
  expect(await answers('ana')).toHaveLength(1)
  expect(await events()).toEqual(['reply'])
})

test('one that fails is tried again later, three times, and then a person gets its source', async () => {
  let tries = 0
  const read = async () => {
    tries++
    throw new Error('the parser fell over')
  }
  const { deps, take, read: readOnce, rowOf, items } = await openInbox(undefined, { read })
  const id = await take(await write({ text: YES }))
  for (let at = 0; at < 6; at++) {
    await readOnce({ incoming_id: id })
    // Not before its time.
    await readOnce({ incoming_id: id })
    deps.clock.advance(60_000)
  }
  expect(tries).toBe(3)
  expect(await rowOf(id)).toMatchObject({
    state: 'unreadable',
    outcome: 'inbox',
    why: expect.stringContaining('fell over'),
  })
  expect(await items()).toMatchObject([{ incoming_id: id, why: expect.stringContaining('only its source') }])
})

test('one that ends the process each time is given up after ten; one that was in hand a few times is read', async () => {
  const { deps, take, read, rowOf } = await openInbox()
  const id = await take(await write({ text: YES }))
  const other = await take(await write({}))
  await sql`update incoming_messages set tries = 10, try_at = ${deps.clock.now()} where id = ${id}`.execute(deps.db)
  await sql`update incoming_messages set tries = 9, try_at = ${deps.clock.now()} where id = ${other}`.execute(deps.db)
  await read({ incoming_id: id })
  expect(await rowOf(id)).toMatchObject({ state: 'unreadable', outcome: 'inbox' })
  await read({ incoming_id: other })
  expect(await rowOf(other)).toMatchObject({ state: 'read' })
})

test('the sweep rings for what nobody reads, and for what somebody has taken and left', async () => {
  const { deps, take } = await openInbox()
  const rung: number[] = []
  const ring = async (_name: string, input: object) => void rung.push((input as { incoming_id: number }).incoming_id)
  const sweep = async () => {
    rung.length = 0
    await sweepIncoming({ ...deps, ring: ring as never })
    return [...rung]
  }
  const id = await take(await write({}))
  expect(await sweep()).toEqual([id])
  const leaving = new AbortController()
  leaving.abort()
  const read = async () => Promise.reject(new Error('closed'))
  await readIncomingJob(readDeps(deps, { read }))({ incoming_id: id }, leaving.signal)
  expect(await sweep()).toEqual([])
  deps.clock.advance(60_000)
  expect(await sweep()).toEqual([id])
})

test('text that the database cannot hold is kept without what it cannot hold', async () => {
  const { addressOf, receive } = await openInbox()
  const to = await addressOf('ana')
  const raw = Buffer.from(
    `From: A\0na <ana@library.example>\r\nTo: ${to}\r\nSubject: =?utf-8?q?a=00b?=\r\nMessage-ID: <x@y>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Yes &#0; &#55357; I confirm \0 my place</p>`,
  )
  expect(await receive(raw, { rcpt_to: to, mail_from: 'a\0b@c.example' })).toMatchObject({ state: 'read' })
})

test('a reply whose words were not read in time is read again; in the end a person reads it', async () => {
  let tries = 0
  const readWords = async () => {
    tries++
    return undefined
  }
  const { deps, addressOf, take, read, rowOf, states } = await openInbox(undefined, { readWords })
  const to = await addressOf('ana')
  const id = await take(await write({ to, text: YES }), { rcpt_to: to })
  for (let at = 0; at < 4; at++) {
    await read({ incoming_id: id })
    deps.clock.advance(60_000)
  }
  expect(tries).toBe(3)
  expect(await rowOf(id)).toMatchObject({ state: 'read', outcome: 'inbox', visible: expect.stringContaining(YES) })
  expect(await states()).toMatchObject({ ana: 'applied' })
})
