import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { expect, onTestFinished, test } from 'vitest'
import { linkKey } from '../../../src/features/campaigns/content/link-key.ts'
import { createComposer, previewCampaign, scheduleCampaign } from '../../../src/features/campaigns/index.ts'
import { requestTest } from '../../../src/features/campaigns/preview/test-email.ts'
import type { CampaignInput } from '../../../src/features/campaigns/schema.ts'
import { updateCampaign } from '../../../src/features/campaigns/writing/service.ts'
import type { ClaimedDelivery } from '../../../src/features/deliveries/index.ts'
import { signToken, verifyToken } from '../../../src/lib/tokens.ts'
import { openSession } from '../../../src/platform/mail/smtp-session.ts'
import { decodeQuotedPrintable, fieldOf, fieldsOf, readMessage, readParts } from '../../platform/mail/read-message.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'
import { type Applicant, addApplicant, addDraft, addPartnership, addRound } from './round.ts'

const TEXT = `# Hello {{participant.given_name}}

.a line that begins with a dot, and one with "=" = signs

Write to {{partner.given_name}} in {{partner.country}}: {{participant.full_name}} of {{participant.country}}.

[Read it](https://example.org/topics/1?a=1&b=2){.button}`

async function openWith(readers: Applicant[], change: Partial<CampaignInput> = {}) {
  const deps = await openTestDeps({ PUBLIC_URL: 'https://programme.example', MAIL_DOMAIN: 'programme.example' })
  const round = await addRound(deps.db)
  const people: number[] = []
  for (const reader of readers) people.push(await addApplicant(deps.db, round, reader))
  const id = await addDraft(deps.db, { body_markdown: TEXT, ...change })
  return { deps, round, people, id, compose: createComposer({ ...deps, signer: undefined }) }
}

/** The claims of a campaign, as the ledger hands them over. */
async function claimsOf({ db }: TestDeps, campaign: number): Promise<ClaimedDelivery[]> {
  const { rows } = await sql<ClaimedDelivery>`
    select id, campaign_id, person_id, contact_id, lane, address, domain, language, version, tries, in_reply_to from deliveries
    where campaign_id = ${campaign} and state = 'queued' order by id`.execute(db)
  return rows
}

type Made = Awaited<ReturnType<typeof openWith>>

async function composeAll({ deps, id, compose }: Pick<Made, 'deps' | 'id' | 'compose'>) {
  const claims = await claimsOf(deps, id)
  const one = await compose(claims)
  return claims.map((claim) => {
    const made = one(claim)
    if ('fault' in made) throw new Error(made.fault)
    return { claim, ...made }
  })
}

test('every address and link of a message leads back to its delivery, and to no other purpose', async () => {
  const made = await openWith([{}, {}])
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const { keys } = made.deps
  for (const { claim, from, to, message } of await composeAll(made)) {
    const read = readMessage(message)
    const tokenIn = (text: string | undefined, pattern: RegExp) => pattern.exec(text ?? '')?.[1] ?? ''
    expect(to).toBe(claim.address)
    expect(verifyToken(keys, 'bounce', tokenIn(from, /^bounce\+(.+)@programme\.example$/))).toBe(claim.id)
    expect(verifyToken(keys, 'reply', tokenIn(fieldOf(read, 'Reply-To'), /^reply\+(.+)@programme\.example$/))).toBe(
      claim.id,
    )
    expect(verifyToken(keys, 'reply', tokenIn(from, /^bounce\+(.+)@/))).toBeUndefined()
    const list = fieldOf(read, 'List-Unsubscribe')
    const [, url, mail] =
      /^<https:\/\/programme\.example\/u\/([a-z2-7]+)>, <mailto:u\+([a-z2-7]+)@programme\.example>$/.exec(list ?? '') ??
      []
    expect(verifyToken(keys, 'unsubscribe', url ?? '')).toBe(claim.id)
    expect(mail).toBe(url)
    const { html = '', text = '' } = await PostalMime.parse(message)
    expect(html).toContain(`https://programme.example/u/${url}`)
    expect(text).toContain(`https://programme.example/u/${url}`)
    expect(fieldOf(read, 'List-Id')).toBe('<2016a.programme.example>')
    expect(fieldOf(read, 'Feedback-ID')).toBe(`${made.id}:2016A:campaign:pairpost`)
    for (const local of [from, fieldOf(read, 'Reply-To') ?? ''])
      expect(local.split('@')[0]?.length).toBeLessThanOrEqual(64)
  }
})

test('automatic email has no list to leave and says that a machine wrote it', async () => {
  const made = await openWith([{}], { kind: 'reminder' })
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const [one] = await composeAll(made)
  const read = readMessage(one?.message as Buffer)
  expect(fieldsOf(read, 'Auto-Submitted')).toEqual(['auto-generated'])
  expect(fieldsOf(read, 'List-Unsubscribe')).toEqual([])
  expect(fieldsOf(read, 'List-Unsubscribe-Post')).toEqual([])
  expect((await PostalMime.parse(one?.message as Buffer)).html).not.toContain('/u/')
})

test('a second try, also of another process, is the same message: same Message-ID, same body', async () => {
  const made = await openWith([{}])
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const [first] = await composeAll(made)
  made.deps.clock.advance(3600_000)
  const [second] = await composeAll({ ...made, compose: createComposer({ ...made.deps, signer: undefined }) })
  const [a, b] = [readMessage(first?.message as Buffer), readMessage(second?.message as Buffer)]
  expect(fieldOf(b, 'Message-ID')).toBe(fieldOf(a, 'Message-ID'))
  const [one, two] = [
    await PostalMime.parse(first?.message as Buffer),
    await PostalMime.parse(second?.message as Buffer),
  ]
  expect([two.html, two.text, two.subject]).toEqual([one.html, one.text, one.subject])
})

const READERS: Applicant[] = [
  { given_name: 'Amina', family_name: 'Okafor' },
  { given_name: 'Zoë "Z"', family_name: 'O’Brien & <b>Sons</b>', language: 'fr', country_code: 'CI' },
  { given_name: 'أمينة', family_name: 'الحسن', country_code: 'EG', language: 'ar' },
  { given_name: '\u202eevil', family_name: '=?utf-8?Q?x?=', country_code: 'SE' },
  { given_name: 'E'.repeat(200), family_name: 'é'.repeat(200), country_code: 'TL' },
  { given_name: '{{links.unsubscribe}}', family_name: '', country_code: 'SE' },
]

test('the preview is what is sent, to the letter, but for the links of the person and where links lead on the way', async () => {
  const made = await openWith(READERS, {
    variants: {
      fr: {
        subject: 'Sujet 1 pour {{participant.given_name}}',
        body_markdown: 'Bonjour {{participant.given_name}}, écrivez à {{partner.given_name}}.',
      },
      ar: { subject: 'موضوع', body_markdown: 'مرحبا {{participant.given_name}} من {{participant.country}}.' },
    },
  })
  await addPartnership(made.deps.db, made.round, made.people.slice(0, 2), { introduced_at: new Date() })
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const composed = await composeAll(made)
  expect(composed).toHaveLength(READERS.length)
  for (const { claim, message } of composed) {
    const input = { campaign_id: made.id, person_id: claim.person_id }
    const html = await previewCampaign(made.deps, { ...input, part: 'html' })
    const text = await previewCampaign(made.deps, { ...input, part: 'text' })
    const read = readMessage(message)
    const parts = readParts(fieldOf(read, 'Content-Type') ?? '', read.body).map((part) =>
      decodeQuotedPrintable(part.body.toString('latin1')).toString(),
    )
    const asSent = (shown: string | undefined) =>
      shown
        ?.replace(/\r\n|\r|\n/g, '\r\n')
        .replaceAll(
          /(\/u|\/p\/preferences)\/example/g,
          (_, path) => `${path}/${new RegExp(`${path}/([a-z2-7]{28})`).exec(parts[0] ?? '')?.[1]}`,
        )
        .replaceAll(
          'href="https://example.org/topics/1?a=1&amp;b=2"',
          `href="https://programme.example/t/${signToken(made.deps.keys, 'click', claim.id)}/${linkKey('https://example.org/topics/1?a=1&b=2')}"`,
        )
    expect(parts).toEqual([asSent(text.text), asSent(html.html)])
    // A header is one line, and the marks of direction stay out of it.
    const parsed = await PostalMime.parse(message)
    expect(parsed.subject).toBe(html.subject.replace(/ +/g, ' '))
    expect(parsed.to?.[0]?.address).toBe(claim.address)
    expect(message.toString('latin1')).toMatch(/^[\x20-\x7e\t\r\n]*$/)
    for (const line of message.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
  }
})

test('over SMTP the very octets arrive, lines that begin with a dot too', async () => {
  const made = await openWith(READERS)
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const arrived: Buffer[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        arrived.push(Buffer.concat(chunks))
        done()
      })
    },
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())))
  const session = await openSession(
    `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    'programme.example',
  )
  const composed = await composeAll(made)
  for (const { from, to, message } of composed) {
    expect(await session.deliver({ from, to }, message)).toMatchObject({ kind: 'accepted' })
  }
  session.close()
  expect(arrived.map((message) => message.toString('latin1'))).toEqual(
    composed.map(({ message }) => message.toString('latin1')),
  )
})

test('a draft that changes its sender after a test email is sent under the new one', async () => {
  const made = await openWith([{}], { from_name: 'The old team' })
  await requestTest(made.deps, made.id, { to: 'me@programme.example' })
  const [trial] = await composeAll(made)
  expect(fieldOf(readMessage(trial?.message as Buffer), 'From')).toContain('The old team')
  await updateCampaign(made.deps, {
    id: made.id,
    change: { from_name: 'The new team', fallbacks: { 'partner.given_name': 'whoever' } },
  })
  await scheduleCampaign(made.deps, made.id, { at: 'now' })
  const [, real] = await composeAll(made)
  expect(fieldOf(readMessage(real?.message as Buffer), 'From')).toContain('The new team')
  expect((await PostalMime.parse(real?.message as Buffer)).text).toContain('whoever')
})

test('a person who is gone is a fault of that delivery alone', async () => {
  const { deps, id, compose } = await openWith([{}, {}])
  await scheduleCampaign(deps, id, { at: 'now' })
  const [first, second] = await claimsOf(deps, id)
  const one = await compose([{ ...(first as ClaimedDelivery), person_id: 98_765 }, second as ClaimedDelivery])
  expect(one({ ...(first as ClaimedDelivery), person_id: 98_765 })).toEqual({
    fault: 'The person or the text is gone.',
  })
  expect(one(second as ClaimedDelivery)).toHaveProperty('message')
})
