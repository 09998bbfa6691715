import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { sweepDeliveries } from '../../../src/features/campaigns/index.ts'
import { sendDue } from '../../../src/features/deliveries/index.ts'
import { introduce, listIntroductionTroubles } from '../../../src/features/partnerships/index.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { neverStopped, sendDeps } from '../../support/ledger.ts'
import { countsByRecipient, violations } from '../../support/sink/analyse.ts'
import { startSink } from '../../support/sink/sink.ts'
import { suppress } from '../campaigns/round.ts'
import { addIntroductions, copiesOf, introducedIn } from './round.ts'

/** A round whose partners were introduced a moment ago: nothing has left yet. */
async function openIntroduced(
  groups: readonly string[][],
  options: { limits?: string; connections?: number; before?(deps: TestDeps): Promise<void> } = {},
) {
  const deps = await openTestDeps()
  const sink = await startSink({ slowMs: 200 })
  onTestFinished(() => sink.close())
  const round = await addIntroductions(deps.db, groups)
  await options.before?.(deps)
  const run = await sendDeps(deps, sink.url, options)
  const sweep = () =>
    sweepDeliveries({ ...deps, senderId: run.senderId, countWaiting: async () => 0, ring: async () => undefined })
  const introduced = await introduce(deps, { round_id: round.round_id })
  await sweep()
  const names = (messages = sink.messages()) => [...countsByRecipient(messages).keys()].map((to) => to.split('@')[0])
  return {
    ...{ ...deps, ...round, sink, run, sweep, introduced },
    campaign: introduced.campaign_id,
    send: () => sendDue(run, neverStopped()),
    /** Local parts of those who have got the message, each as often as it came. */
    got: () => names().sort(),
    copies: () => copiesOf(deps.db, introduced.campaign_id),
    troubles: () => listIntroductionTroubles(deps.db, round.round_id),
  }
}

test('every pair is introduced, each person once, over several connections and runs, partners one after the other', async () => {
  const pairs = Array.from({ length: 20 }, (_, at) => [`a${at}`, `b${at}`])
  const round = await openIntroduced(pairs)
  expect(round.introduced).toMatchObject({ already: false, partnerships: 20, recipients: 40, skipped: {} })
  await Promise.all([round.send(), round.send()])
  expect(round.got()).toEqual(pairs.flat().sort())
  expect([...countsByRecipient(round.sink.messages()).values()]).toEqual(Array(40).fill(1))
  expect(await introducedIn(round.db, round.round_id)).toEqual(round.partnership_ids)
  expect(await round.troubles()).toEqual([])
  // The first of each pair was not begun before the server had been asked about the second.
  const taken = round.sink.messages().filter((message) => message.taken)
  for (const [a = '', b = ''] of pairs) {
    const [first] = taken.filter(({ rcpt }) => rcpt.some((to) => to.startsWith(`${a}@`) || to.startsWith(`${b}@`)))
    const other = first?.rcpt[0]?.startsWith(`${a}@`) ? b : a
    const asked = round.sink
      .messages()
      .filter(({ rcpt, taken }) => !taken && rcpt[0]?.startsWith(`${other}@`))
      .map(({ mail_at }) => mail_at)
    expect(Math.min(...asked)).toBeLessThan(first?.data_at ?? 0)
  }
})

test.each([
  ['ana', 'ben'],
  ['ben', 'ana'],
])('an address suppressed before scheduling leaves both out: %s, and %s with them', async (stopped, other) => {
  const round = await openIntroduced(
    [
      ['ana', 'ben'],
      ['eva', 'dan'],
    ],
    { before: ({ db }) => suppress(db, `${stopped}@library.example`, 'all', 'hard_bounce') },
  )
  expect(round.introduced).toMatchObject({
    partnerships: 1,
    recipients: 2,
    skipped: { hard_bounce: 1, partner_unreachable: 1 },
  })
  await round.send()
  expect(round.got()).toEqual(['dan', 'eva'])
  expect(await round.copies()).toMatchObject({
    [stopped]: 'skipped: hard_bounce',
    [other]: 'skipped: partner_unreachable',
  })
  expect(await round.troubles()).toMatchObject([
    {
      kind: 'neither',
      words: `Amina ana and Amina ben were not introduced. Amina ${stopped} was left out: mail to their address came back for good.`,
    },
  ])
})

test.each([
  ['ana', 'ben'],
  ['ben', 'ana'],
])('an address suppressed between scheduling and sending stops both: %s, and %s with them', async (stopped, other) => {
  const round = await openIntroduced([['ana', 'ben']])
  await suppress(round.db, `${stopped}@library.example`, 'all', 'complaint')
  await round.send()
  expect(round.got()).toEqual([])
  expect(await round.copies()).toEqual({ [stopped]: 'skipped: complaint', [other]: 'skipped: partner_unreachable' })
  expect(await introducedIn(round.db, round.round_id)).toEqual([])
  expect(await round.troubles()).toMatchObject([{ kind: 'neither', campaign_id: round.campaign }])
})

test.each([
  ['ana', 'ben'],
  ['ben', 'ana'],
])('who declines between scheduling and sending stops both: %s, and %s with them', async (gone, other) => {
  const round = await openIntroduced([['ana', 'ben']])
  await sql`update applications set state = 'declined' where person_id = (
    select person_id from addresses where address = ${`${gone}@library.example`})`.execute(round.db)
  await round.send()
  expect(round.got()).toEqual([])
  expect(await round.copies()).toEqual({ [gone]: 'skipped: state_changed', [other]: 'skipped: partner_unreachable' })
  expect(await round.troubles()).toMatchObject([{ kind: 'neither' }])
})

test.each([
  ['first', ['refused', 'ben']],
  ['second', ['ana', 'refused']],
])('an address that the server refuses is found out before anybody has it, also when it is the %s', async (_, pair) => {
  const fine = Array.from({ length: 6 }, (_one, at) => [`a${at}`, `b${at}`])
  const round = await openIntroduced([...fine.slice(0, 3), pair, ...fine.slice(3)], { connections: 5 })
  await Promise.all([round.send(), round.send()])
  expect(round.got()).toEqual(fine.flat().sort())
  const other = pair.find((name) => name !== 'refused') as string
  expect(await round.copies()).toMatchObject({ refused: 'rejected', [other]: 'skipped: partner_unreachable' })
  expect(await round.troubles()).toMatchObject([
    {
      kind: 'neither',
      people: [{ has_it: false }, { has_it: false }],
      words: `Amina ${pair[0]} and Amina ${pair[1]} were not introduced. The email to Amina refused was refused for good. The mail server said: 550 5.1.1 There is no such mailbox`,
    },
  ])
})

test('an address that is busy once puts both off, and both get it', async () => {
  for (const pair of [
    ['ana', 'tempfail-once'],
    ['tempfail-once', 'ben'],
  ]) {
    const round = await openIntroduced([pair])
    await round.send()
    expect(round.got()).toEqual([])
    expect(Object.values(await round.copies()).sort()).toEqual(['deferred', 'queued'])
    round.clock.advance(62_000)
    await round.send()
    expect(round.got()).toEqual(pair.toSorted())
    expect(await introducedIn(round.db, round.round_id)).toEqual(round.partnership_ids)
  }
})

test('an address that stays busy is given up in the end, for both, with the words of the server', async () => {
  const round = await openIntroduced([['ana', 'tempfail']])
  for (let hours = 0; hours < 40; hours++) {
    await round.send()
    round.clock.advance(3_600_000)
  }
  expect(round.got()).toEqual([])
  expect(await round.copies()).toEqual({ ana: 'skipped: partner_unreachable', tempfail: 'rejected' })
  expect((await round.troubles())[0]?.words).toMatch(/Amina tempfail was refused each time it was tried.*451 4\.3\.0/)
})

test('a copy refused after DATA stops the other when it comes first, and is told when the other has theirs', async () => {
  const first = await openIntroduced([['permfail-data', 'ben']])
  await first.send()
  expect(first.got()).toEqual([])
  expect(await first.copies()).toEqual({ 'permfail-data': 'rejected', ben: 'skipped: partner_unreachable' })
  expect(await first.troubles()).toMatchObject([{ kind: 'neither' }])

  const second = await openIntroduced([['ana', 'permfail-data']])
  await second.send()
  expect(second.got()).toEqual(['ana'])
  expect(await second.copies()).toEqual({ ana: 'accepted', 'permfail-data': 'rejected' })
  expect(await introducedIn(second.db, second.round_id)).toEqual([])
  expect(await second.troubles()).toMatchObject([
    {
      kind: 'one_only',
      people: [
        { family_name: 'ana', has_it: true },
        { family_name: 'permfail-data', has_it: false },
      ],
      words:
        'Amina ana has the introduction, Amina permfail-data does not. The email to Amina permfail-data was refused for good. The mail server said: 554 5.7.1 The content is refused',
    },
  ])
})

test('a trio is introduced whole, or nobody of it', async () => {
  const round = await openIntroduced([
    ['ana', 'ben', 'eva'],
    ['a1', 'refused', 'c1'],
    ['a2', 'b2', 'stopped'],
  ])
  await suppress(round.db, 'stopped@library.example', 'all')
  await round.send()
  expect(round.got()).toEqual(['ana', 'ben', 'eva'])
  expect(await round.copies()).toMatchObject({
    ...{ a1: 'skipped: partner_unreachable', refused: 'rejected', c1: 'skipped: partner_unreachable' },
    ...{ a2: 'skipped: partner_unreachable', b2: 'skipped: partner_unreachable', stopped: 'skipped: unsubscribed' },
  })
  expect(await introducedIn(round.db, round.round_id)).toEqual([round.partnership_ids[0]])
  expect((await round.troubles()).map(({ kind, people }) => [kind, people.length])).toEqual([
    ['neither', 3],
    ['neither', 3],
  ])
})

test('a mentor of several is introduced with all of them in one message, or nobody is', async () => {
  const round = await openIntroduced([
    ['mentor', 'one'],
    ['mentor', 'two'],
    ['other', 'refused'],
    ['other', 'three'],
  ])
  expect(round.introduced).toMatchObject({ partnerships: 4, recipients: 6 })
  await round.send()
  expect(round.got()).toEqual(['mentor', 'one', 'two'])
  expect(await introducedIn(round.db, round.round_id)).toEqual(round.partnership_ids.slice(0, 2))
  expect(await round.troubles()).toMatchObject([
    { kind: 'neither', partnership_ids: round.partnership_ids.slice(2), people: [{}, {}, {}] },
  ])
})

test('limits hold in every window, and asking about addresses uses nothing of them', async () => {
  const pairs = Array.from({ length: 6 }, (_, at) => [`a${at}`, at === 2 ? 'refused' : `b${at}`])
  const round = await openIntroduced(pairs, { limits: '3/1s,5/2s' })
  await Promise.all([round.send(), round.send()])
  expect(round.got()).toHaveLength(10)
  const limits = [
    { count: 3, seconds: 1 },
    { count: 5, seconds: 2 },
  ]
  expect(violations(round.sink.messages(), limits)).toEqual([])
  const { rows } = await sql<{ counted: number; all: number }>`
    select count(*) filter (where counted) as counted, count(*) as all from attempts`.execute(round.db)
  expect(rows[0]?.counted).toBe(10)
  expect(rows[0]?.all).toBeGreaterThan(10)
})

test('when the account is closed nobody is to blame: both wait, and both get it', async () => {
  const round = await openIntroduced([
    ['ana', '452-rcpt'],
    ['eva', 'dan'],
  ])
  await round.send()
  const states = Object.values(await round.copies())
  expect(states.filter((state) => /skipped|rejected/.test(state))).toEqual([])
  const { closed_words } = await round.db.selectFrom('senders').select('closed_words').executeTakeFirstOrThrow()
  expect(closed_words).toContain('Too many recipients')
})

test('a partner at a domain that refuses us waits, and the other waits with them, until a person lets it go', async () => {
  const round = await openIntroduced([['ana', 'ben@strict.example']])
  await sql`insert into domain_stops (sender_id, domain, stopped_at) values (${round.run.senderId}, 'strict.example', now())`.execute(
    round.db,
  )
  await round.sweep()
  await round.send()
  expect(await round.copies()).toEqual({ ana: 'held: partner_waits', ben: 'held: domain_refuses' })
  expect(await round.troubles()).toMatchObject([
    {
      kind: 'waiting',
      words: expect.stringContaining('is held: their mail provider refuses us. Until somebody decides'),
    },
  ])
  await sql`delete from domain_stops`.execute(round.db)
  await round.sweep()
  expect(await round.copies()).toMatchObject({ ana: 'held: partner_waits' })
  await sql`update deliveries set state = 'queued', held_reason = null where held_reason = 'domain_refuses'`.execute(
    round.db,
  )
  await round.sweep()
  await round.send()
  expect(round.got()).toEqual(['ana', 'ben'])
})

test('a domain that refuses us is paused and stopped by what is said about partners too', async () => {
  const pairs = Array.from({ length: 8 }, (_, at) => [`a${at}`, `permfail+${at}@strict.example`])
  const round = await openIntroduced(pairs, { connections: 1 })
  await round.send()
  expect(round.got()).toEqual([])
  const { rows } = await sql<{ refusals_in_row: number; domain: string }>`select * from domain_stops`.execute(round.db)
  // One may have been claimed before the pause.
  expect(rows).toMatchObject([
    { domain: 'strict.example', refusals_in_row: expect.toSatisfy((n) => n === 3 || n === 4) },
  ])
  const copies = await round.copies()
  expect(Object.values(copies).filter((state) => state === 'rejected')).toHaveLength(rows[0]?.refusals_in_row ?? 0)
  // Those who come after wait for the end of the pause.
  for (const at of [4, 5, 6, 7]) expect(copies).toMatchObject({ [`a${at}`]: 'queued', [`permfail+${at}`]: 'queued' })
})
