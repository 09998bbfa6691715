import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import MailComposer from 'nodemailer/lib/mail-composer'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DEMO_ROUND_VALUES, demoTimetable } from '../../src/demo/files.ts'
import { openDatabase } from '../../src/platform/db/open.ts'
import { hand } from '../features/mailbox/dialogue.ts'
import type { Api } from '../support/api.ts'
import { cloneDatabase } from '../support/database.ts'
import { eventually, PATIENCE } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { formsOf, importRound, openService } from './round.ts'

const FILE = '../shared/data/mail/confirmation-replies.json'

interface Sample {
  id: string
  locale: string
  label: string
  text: string
}

const DAY = 86_400_000
const day = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)
const addressOf = ({ id }: Sample) => `${id}@library.example`

/** A round in which everybody was asked to confirm a moment ago, and where its mail comes in. */
async function askRound(addresses: string[]) {
  const database = await cloneDatabase()
  const { db, close } = openDatabase(database.url, { max: 2, onError: () => undefined })
  // Before the service: what is said first is done last.
  onTestFinished(async () => {
    await close()
    await database.drop()
  })
  const port = await freePort()
  const api = await openService({ DATABASE_URL: database.url, INBOUND_SMTP_PORT: String(port) })
  await importRound(api, formsOf(addresses), { ...DEMO_ROUND_VALUES, ...demoTimetable(day(40)) })
  const { campaign_id } = await api.post('/rounds/2016A/confirmations', {})
  await api.followCampaign(campaign_id)
  return { api, db, smtp: `smtp://127.0.0.1:${port}` }
}

/** Where each of the messages that lie in the mailbox wants its answers. */
async function listRequests(api: Api) {
  const messages = await api.mailbox()
  const found = new Map<string, { reply_to: string; message_id: string; subject: string }>()
  for (const { id, to, subject } of messages) {
    const { headers } = await api.get(`/mailbox/api/messages/${id}`)
    const value = (name: string) =>
      headers.find((header: { name: string }) => header.name.toLowerCase() === name)?.value ?? ''
    found.set(to, { reply_to: value('reply-to'), message_id: value('message-id'), subject })
  }
  return found
}

describe.skipIf(!existsSync(FILE))('eighty replies to the request to confirm (needs ../shared/data)', () => {
  test(
    'sent over SMTP with their quotes: none is decided wrongly, and of the clear ones 85 in 100 are decided',
    async () => {
      const samples: Sample[] = JSON.parse(await readFile(FILE, 'utf8'))
      const { api, db, smtp } = await askRound(samples.map(addressOf))
      const requests = await listRequests(api)
      for (const sample of samples) {
        const request = requests.get(addressOf(sample))
        if (!request) throw new Error(`${sample.id} was not asked`)
        const raw = await new MailComposer({
          ...{ from: addressOf(sample), to: request.reply_to, subject: `Re: ${request.subject}`, text: sample.text },
          ...{ inReplyTo: request.message_id, references: request.message_id, newline: 'win' },
        })
          .compile()
          .build()
        const taken = await hand(smtp, { from: addressOf(sample), to: request.reply_to, raw })
        expect(taken).toMatchObject({ accepted: true })
      }
      const rows = await eventually(
        'all are read',
        async () => {
          const all = await db.selectFrom('incoming_messages').selectAll().execute()
          return all.length === samples.length && all.every(({ state }) => state === 'read') ? all : undefined
        },
        90,
      )
      const outcomes = new Map(rows.map((row) => [row.from_address as string, row]))
      const { matrix, wrong, clear, decided } = compare(samples, outcomes)
      console.log(`${matrix}\n${decided} of ${clear} clear answers decided, ${wrong.length} wrong`)
      expect(wrong).toEqual([])
      expect(decided / clear).toBeGreaterThanOrEqual(0.85)
      // Whatever was not decided or is automatic waits for a person, and nobody else's application moved.
      const open = await api.list('/inbox?limit=200')
      expect(open).toHaveLength(rows.filter(({ outcome }) => outcome === 'inbox').length)
      const people = await api.list('/rounds/2016A/participants?limit=200')
      const moved = people.filter(({ state }) => state !== 'applied').length
      expect(moved).toBe(decided)
    },
    PATIENCE,
  )
})

test(
  'answers typed in the built-in mailbox count, and what its machines answer does not',
  async () => {
    const addresses = [
      'ana@library.example',
      'autoreply@library.example',
      'bounce@library.example',
      'complaint@library.example',
    ]
    const { api, db } = await askRound(addresses)
    const [message] = await api.mailbox('ana@library.example')
    const typed = await fetch(`${api.url}/mailbox/${message.id}/reply`, {
      method: 'POST',
      body: new URLSearchParams({ text: 'Yes, I will take part.' }),
      redirect: 'manual',
    })
    expect(typed.status).toBe(303)
    const rows = await eventually('all is read', async () => {
      const all = await db.selectFrom('incoming_messages').select(['kind', 'outcome', 'source', 'state']).execute()
      return all.length === addresses.length && all.every(({ state }) => state === 'read') ? all : undefined
    })
    expect(rows.map(({ kind, outcome, source }) => `${source} ${kind} ${outcome}`).toSorted()).toEqual([
      'mailbox auto_reply auto_reply',
      'mailbox bounce bounce',
      'mailbox complaint complaint',
      'mailbox reply confirmed',
    ])
    const people = await api.list('/rounds/2016A/participants?limit=200')
    expect(people.filter(({ state }) => state === 'confirmed')).toHaveLength(1)
    // The notice of what was recorded went out by itself, beside the answer.
    const notice = await eventually('the notice is there', async () => (await api.mailbox('ana@library.example'))[1])
    const { headers } = await api.get(`/mailbox/api/messages/${notice.id}`)
    expect(headers.find(({ name }: { name: string }) => name.toLowerCase() === 'in-reply-to')?.value).toMatch(/^<.+>$/)
    const suppressed = await db.selectFrom('suppressions').select(['address', 'reason']).orderBy('address').execute()
    expect(suppressed).toEqual([
      { address: 'bounce@library.example', reason: 'hard_bounce' },
      { address: 'complaint@library.example', reason: 'complaint' },
    ])
    // A message that comes in by HTTP is answered with what came of it.
    const posted = await api.ask(
      'POST',
      '/inbound?wait=10',
      'From: stranger@mail.example\r\nSubject: Hello\r\n\r\nHello?\r\n',
      {
        'content-type': 'message/rfc822',
      },
    )
    expect(posted).toMatchObject({
      status: 200,
      body: { kind: 'reply', outcome: 'inbox', decision: null, guess: { acts: false } },
    })
  },
  PATIENCE,
)

const MEANT: Record<string, string> = { confirm: 'confirmed', decline: 'declined' }

function compare(samples: Sample[], rows: Map<string, { outcome: string | null }>) {
  const wrong: string[] = []
  const cells = new Map<string, number>()
  let clear = 0
  let decided = 0
  for (const sample of samples) {
    const outcome = rows.get(addressOf(sample))?.outcome ?? 'none'
    const meant = MEANT[sample.label]
    if (meant) clear++
    if (outcome === meant) decided++
    else if (['confirmed', 'declined'].includes(outcome)) wrong.push(`${sample.id}: ${sample.label} became ${outcome}`)
    if (outcome === 'unsubscribed' && sample.label !== 'unsubscribe') wrong.push(`${sample.id} was unsubscribed`)
    if (outcome === 'auto_reply' && sample.label !== 'auto_reply') wrong.push(`${sample.id} was filed away`)
    const key = `${sample.locale.padEnd(4)}${sample.label.padEnd(12)}${outcome}`
    cells.set(key, (cells.get(key) ?? 0) + 1)
  }
  const matrix = [...cells].toSorted().map(([key, count]) => `${String(count).padStart(3)}  ${key}`)
  return { matrix: matrix.join('\n'), wrong, clear, decided }
}
