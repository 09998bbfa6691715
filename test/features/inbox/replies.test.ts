import { expect, test } from 'vitest'
import { signToken } from '../../../src/lib/tokens.ts'
import { OVER } from '../confirmations/asked.ts'
import { openInbox, write } from './stage.ts'

test('YES and NO to the reply address move the application, with their notice, and nobody has to look', async () => {
  const { reply, states, answers, notices, items, events } = await openInbox()
  expect(await reply('ana', 'Yes, I confirm my participation.')).toMatchObject({
    ...{ state: 'read', kind: 'reply', outcome: 'confirmed', found_by: 'token' },
    guess: { decision: 'confirm', acts: true },
  })
  expect(await reply('ben', 'No, I cannot take part this time.')).toMatchObject({ outcome: 'declined' })
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'declined' })
  expect(await answers('ana')).toEqual(['applied > confirmed by reply'])
  expect([await notices('ana'), await notices('ben')]).toEqual([['confirmation_recorded'], ['decline_recorded']])
  expect(await items()).toEqual([])
  expect(await events()).toEqual(['reply', 'reply'])
})

test('our own words below the answer, quoted or not, say nothing', async () => {
  const { reply, states } = await openInbox()
  const text =
    'I have a question about the dates.\n\nOn 1 March 2016, ILN wrote:\n> Please reply YES to confirm or NO to decline.\n> Yes, I confirm my participation.\n'
  expect(await reply('ana', text)).toMatchObject({ outcome: 'inbox' })
  expect(await states()).toMatchObject({ ana: 'applied' })
})

test.each([
  ['a condition', 'Yes, but only if I can begin in April.'],
  ['a question', 'Can you tell me who my partner will be?'],
  ['nothing', ''],
  ['both', 'Yes. No. I do not know.'],
])('%s waits for a person with the guess', async (_what, text) => {
  const { reply, states, items, idOf } = await openInbox()
  const row = await reply('ana', text)
  expect(row).toMatchObject({ outcome: 'inbox', guess: { acts: false } })
  expect(await items()).toMatchObject([
    { incoming_id: row.id, person_id: idOf('ana'), state: 'open', unknown_address: null },
  ])
  expect(await states()).toMatchObject({ ana: 'applied' })
})

test('an out-of-office never confirms, whatever it says, with a header or without', async () => {
  const { reply, states, items } = await openInbox()
  const withHeader = { headers: { 'Auto-Submitted': 'auto-replied' } }
  expect(await reply('ana', 'Yes, I confirm my participation.', withHeader)).toMatchObject({
    kind: 'auto_reply',
    outcome: 'auto_reply',
  })
  // Without a header it may be somebody who is on leave, and says yes: a person looks.
  const texts = [
    'I am out of the office until Monday. Please write to my colleague.',
    'I am on leave until Monday, but yes.',
  ]
  for (const text of texts) expect(await reply('ben', text)).toMatchObject({ outcome: 'inbox' })
  expect(await states()).toEqual({ ana: 'applied', ben: 'applied' })
  expect(await items()).toHaveLength(2)
})

test('a mailing list never answers for somebody', async () => {
  const { reply, states } = await openInbox()
  await reply('ana', 'Yes, I confirm my participation.', { headers: { 'List-Id': '<x.example>' } })
  await reply('ben', 'Yes, I confirm my participation.', { headers: { Precedence: 'bulk' } })
  expect(await states()).toEqual({ ana: 'applied', ben: 'applied' })
})

test('without the reply address it is found by In-Reply-To and by References', async () => {
  const { reply, messageIdOf, states } = await openInbox()
  const to = 'programme@localhost.example'
  expect(
    await reply('ana', 'Yes, I confirm my participation.', { to, in_reply_to: await messageIdOf('ana') }),
  ).toMatchObject({ outcome: 'confirmed', found_by: 'in_reply_to' })
  const headers = { References: `<other@x.example> ${await messageIdOf('ben')}` }
  expect(await reply('ben', 'No, I cannot take part this time.', { to, headers })).toMatchObject({
    ...{ outcome: 'declined', found_by: 'references' },
  })
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'declined' })
})

test('from another address of theirs that we do not know it counts by its token, and staff are asked about the address', async () => {
  const { reply, states, items } = await openInbox()
  const row = await reply('ana', 'Yes, I confirm my participation.', { from: 'Ana.Private@mail.example' })
  expect(row).toMatchObject({ outcome: 'confirmed' })
  expect(await items()).toMatchObject([
    { incoming_id: row.id, unknown_address: 'ana.private@mail.example', state: 'open' },
  ])
  expect(await states()).toMatchObject({ ana: 'confirmed' })
})

test('from an unknown address with a Message-ID alone, which a forwarded message carries too, a person decides', async () => {
  const { reply, states, messageIdOf, items } = await openInbox()
  const letter = {
    to: 'programme@localhost.example',
    from: 'friend@mail.example',
    in_reply_to: await messageIdOf('ana'),
  }
  expect(await reply('ana', 'Yes, I confirm my participation.', letter)).toMatchObject({ outcome: 'inbox' })
  expect(await states()).toMatchObject({ ana: 'applied' })
  expect(await items()).toMatchObject([{ unknown_address: 'friend@mail.example' }])
})

test('a sender whose DMARC failed is not believed', async () => {
  const checkSender = async () => ({ dmarc: 'fail' }) as never
  const { reply, states, items } = await openInbox(undefined, { checkSender })
  await reply('ana', 'Yes, I confirm my participation.')
  expect(await states()).toMatchObject({ ana: 'applied' })
  expect((await items())[0]?.why).toMatch('DMARC')
})

test('a message of which the sender cannot be asked is not believed either', async () => {
  const checkSender = async () => ({ source: 'none', dmarc: 'none' }) as never
  const { reply, states, items } = await openInbox(undefined, { checkSender })
  await reply('ana', 'Yes, I confirm my participation.')
  expect(await states()).toMatchObject({ ana: 'applied' })
  expect((await items())[0]?.why).toMatch('could not be verified')
})

test.each<[string, ...string[][]]>([
  ['an answer to an invitation', ['text/plain', 'Declined'], ['text/calendar; method=REPLY', 'METHOD:REPLY']],
  ['a read receipt', ['text/plain', 'Yes'], ['message/disposition-notification', 'Disposition: x; displayed']],
  ['a reaction', ['text/plain', 'Yes'], ['text/vnd.google.email-reaction+json', '{"emoji":"x"}']],
  ['a condition below a picture', ['text/plain', 'Yes'], ['image/png', 'x'], ['text/plain', 'but only from May on.']],
  ['a condition in another form', ['text/plain', 'Yes'], ['text/html', '<p>but only from May on.</p>']],
])('%s waits for a person, whatever stands above it', async (_what, ...parts) => {
  const { addressOf, receive, states, items } = await openInbox()
  const rcpt_to = await addressOf('ana')
  await receive(writeParts(rcpt_to, parts), { rcpt_to })
  expect(await states()).toMatchObject({ ana: 'applied' })
  expect(await items()).toHaveLength(1)
})

test('the same in both forms is one text', async () => {
  const { addressOf, receive } = await openInbox()
  const rcpt_to = await addressOf('ana')
  const parts = [
    ['text/plain', 'Yes'],
    ['text/html', '<p>Yes</p>'],
  ]
  expect(await receive(writeParts(rcpt_to, parts, 'alternative'), { rcpt_to })).toMatchObject({ outcome: 'confirmed' })
})

test('a message from two at once is nobody’s answer', async () => {
  const { addressOf, receive, states } = await openInbox()
  const rcpt_to = await addressOf('ana')
  const letter = await write({ to: rcpt_to, text: 'Yes, I confirm my participation.' })
  await receive(Buffer.from(`From: other@evil.example\r\n${letter}`), { rcpt_to })
  await receive(await write({ to: rcpt_to, from: 'ana@library.example, other@evil.example', text: 'Yes' }), { rcpt_to })
  expect(await states()).toMatchObject({ ana: 'applied' })
})

test('a token in capitals, in BATV and SRS wrappers and with =2B is read; truncated, forged and made up it is not', async () => {
  const people = Object.fromEntries(['ana', 'ben', 'cho', 'dan', 'eva', 'fay', 'gus'].map((name) => [name, {}]))
  const { reply, addressOf, states, deps } = await openInbox(people)
  const yes = 'Yes, I confirm my participation.'
  const local = async (name: string) => (await addressOf(name)).split('@')[0] as string
  await reply('ana', yes, { to: (await addressOf('ana')).toUpperCase() })
  await reply('ben', yes, { to: `prvs=1234567890=${await addressOf('ben')}` })
  await reply('cho', yes, { to: `SRS0=Hash=TT=localhost.example=${await local('cho')}@localhost.example` })
  await reply('dan', yes, { to: (await addressOf('dan')).replace('+', '=2B') })
  const cut = (await addressOf('eva')).replace(/.@/, '@')
  expect(await reply('eva', yes, { to: cut })).toMatchObject({ outcome: 'inbox', found_by: 'address' })
  const forged = (await addressOf('fay')).replace(/[a-z2-7]@/, (end) => (end === 'a@' ? 'b@' : 'a@'))
  expect(await reply('fay', yes, { to: forged })).toMatchObject({ outcome: 'inbox' })
  const ofBounces = `reply+${signToken(deps.keys, 'bounce', 1)}@localhost.example`
  expect(await reply('gus', yes, { to: ofBounces })).toMatchObject({ outcome: 'inbox' })
  expect(await states()).toEqual({
    ...{
      ana: 'confirmed',
      ben: 'confirmed',
      cho: 'confirmed',
      dan: 'confirmed',
      eva: 'applied',
      fay: 'applied',
      gus: 'applied',
    },
  })
})

test('whoever answers with the reply address of another, from an address we know, answers for nobody', async () => {
  const { reply, addressOf, states, items } = await openInbox()
  await reply('ben', 'Yes, I confirm my participation.', { to: await addressOf('ana') })
  expect(await states()).toEqual({ ana: 'applied', ben: 'applied' })
  expect((await items())[0]?.why).toMatch('belongs to another person')
})

test('a reply to the addresses of two people at once is for a person', async () => {
  const { reply, addressOf, states } = await openInbox()
  const headers = { Cc: await addressOf('ben') }
  await reply('ana', 'Yes, I confirm my participation.', { headers })
  expect(await states()).toEqual({ ana: 'applied', ben: 'applied' })
})

test('after the last day it waits for a person, before it it counts whenever it is read', async () => {
  const { reply, deps, states, take, read, addressOf, items } = await openInbox()
  const to = await addressOf('ana')
  const early = await take(await write({ to, text: 'Yes, I confirm my participation.' }), { rcpt_to: to })
  deps.clock.set(OVER)
  expect(await reply('ben', 'Yes, I confirm my participation.')).toMatchObject({ outcome: 'inbox' })
  await read({ incoming_id: early })
  expect(await states()).toEqual({ ana: 'confirmed', ben: 'applied' })
  expect(await items()).toMatchObject([{ why: 'It came after the last day to confirm, 2016-03-15.' }])
})

test('a reply to another message of ours, to a test or to nothing is for a person, with the guess', async () => {
  const { reply, deps, campaign_id, states, items, receive } = await openInbox()
  await receive(await write({ text: 'Yes, I confirm my participation.', to: 'programme@localhost.example' }))
  await receive(await write({ from: 'stranger@mail.example', text: 'Hello there' }))
  await deps.db.updateTable('campaigns').set({ kind: 'topic' }).where('id', '=', campaign_id).execute()
  expect(await reply('ben', 'Yes, I confirm my participation.')).toMatchObject({
    ...{ outcome: 'inbox', guess: { decision: 'confirm' } },
  })
  expect((await items()).map(({ why }) => why)).toEqual([
    'It does not say which message it answers.',
    'We do not know the sender, and it does not say which message it answers.',
    'It answers a message in which we asked nothing.',
  ])
  expect(await states()).toEqual({ ana: 'applied', ben: 'applied' })
})

test('one word that says nothing else unsubscribes; with more beside it a person reads it', async () => {
  const { reply, suppressed } = await openInbox()
  expect(await reply('ana', 'Unsubscribe')).toMatchObject({ outcome: 'unsubscribed' })
  expect(await reply('ben', 'Please unsubscribe me from this list. By the way, who will be my partner?')).toMatchObject(
    {
      outcome: 'inbox',
    },
  )
  expect(await suppressed()).toEqual(['ana@library.example campaigns unsubscribed'])
})

/** A message of several parts from Ana. */
function writeParts(to: string, parts: readonly (readonly string[])[], as = 'mixed'): Buffer {
  const lines = ['From: ana@library.example', `To: ${to}`, 'Message-ID: <parts@mail.example>', 'MIME-Version: 1.0']
  lines.push(`Content-Type: multipart/${as}; boundary=b`, '')
  for (const [type = '', text = ''] of parts) lines.push('--b', `Content-Type: ${type}`, '', text)
  return Buffer.from([...lines, '--b--', ''].join('\r\n'))
}
