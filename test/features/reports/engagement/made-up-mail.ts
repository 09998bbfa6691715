/** A round with made-up campaigns, written straight into the ledger: for tests of figures. */
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { openTestDeps } from '../../../support/deps.ts'

export interface EmailOf {
  person_id?: number | null
  contact_id?: number | null
  state?: string
  is_test?: boolean
  skipped_reason?: string
  domain?: string | null
  accepted_at?: string
  /** Of a rejection. */
  said?: { enhanced_code: string | null; words: string }
}

export type EventKind = 'bounce' | 'complaint' | 'unsubscribe' | 'reply' | 'auto_reply'

/** Noon of the clock's day, and of another one. */
const NOW = '2016-03-01T09:00:00Z'

export async function openMail() {
  const deps = await openTestDeps()
  const { db } = deps
  const rows = await sql<{ id: number }>`
    insert into senders (name) values ('test') returning id`.execute(db)
  const sender_id = (rows.rows[0] as { id: number }).id
  const worker = await db
    .insertInto('workers')
    .values({ host: 'test', pid: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
  let numbers = 0

  async function addRound(code = '2016A', starts_on: string | null = '2016-02-01') {
    const { id } = await db
      .insertInto('rounds')
      .values({ code, name: `Round ${code}`, starts_on })
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  }

  /** With an application in the round, when there is one, and an address. */
  async function addPerson(name = 'Ada', round_id?: number) {
    const { id } = await db
      .insertInto('people')
      .values({ given_name: name, family_name: 'Reader', country_code: 'SE' })
      .returning('id')
      .executeTakeFirstOrThrow()
    await db
      .insertInto('addresses')
      .values({ person_id: id, address: `p${id}@x.example`, is_primary: true })
      .execute()
    if (round_id !== undefined)
      await db
        .insertInto('applications')
        .values({
          ...{ person_id: id, round_id, country_code: 'SE', state: 'confirmed', submitted_at: NOW },
          ...{ code_of_conduct_agreed: true, commitment_agreed: true },
        })
        .execute()
    return id
  }

  async function addCampaign(
    round_id: number,
    of: { kind?: string; subject?: string; state?: string; started_at?: string | null; finished_at?: string } = {},
  ) {
    const { kind = 'topic', subject = `Topic of ${kind}`, state = 'done', started_at = '2016-02-10T09:00:00Z' } = of
    const automatic = kind === 'automatic' ? { automatic_key: `key-${numbers++}`, live_version: 1 } : {}
    const { id } = await db
      .insertInto('campaigns')
      .values({
        ...{
          round_id: kind === 'staff' ? null : round_id,
          kind,
          state,
          started_at,
          frozen_at: started_at,
          lane: 'campaign',
          ...automatic,
        },
        ...{ finished_at: of.finished_at ?? null },
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await db.insertInto('campaign_variants').values({ campaign_id: id, version: 1, language: 'en', subject }).execute()
    return id
  }

  async function addEmail(campaign_id: number, of: EmailOf = {}) {
    const { state = 'accepted', domain = 'x.example', said } = of
    const { id } = await db
      .insertInto('deliveries')
      .values({
        ...{ campaign_id, person_id: of.person_id ?? null, contact_id: of.contact_id ?? null },
        ...{ state, lane: 'campaign', language: 'en', version: 1, due_at: NOW, is_test: of.is_test ?? false },
        ...{ occasion: numbers++, domain, address: domain === null ? null : `somebody@${domain}` },
        skipped_reason: state === 'skipped' ? (of.skipped_reason ?? 'unsubscribed') : null,
        held_reason: state === 'held' ? 'late' : null,
        worker_id: state === 'claimed' || state === 'sending' ? worker.id : null,
        accepted_at: state === 'accepted' ? (of.accepted_at ?? '2016-02-10T10:00:00Z') : null,
        updated_at: '2016-02-10T10:00:00Z',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    if (state === 'rejected') {
      const attempt = await db
        .insertInto('attempts')
        .values({
          ...{ delivery_id: id, sender_id, worker_id: worker.id, lane: 'campaign', address: `somebody@${domain}` },
          ...{ ended_at: '2016-02-10T10:00:00Z', outcome: 'rejected', code: 550 },
          ...{ enhanced_code: said ? said.enhanced_code : '5.1.1', words: said?.words ?? 'no such user' },
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      await db.updateTable('deliveries').set({ attempt_id: attempt.id }).where('id', '=', id).execute()
    }
    return id
  }

  async function addMessage() {
    const { id } = await db
      .insertInto('incoming_messages')
      .values({ source: 'smtp', octets: 1, digest: randomBytes(32), received_at: NOW })
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  }

  async function addEvent(
    delivery_id: number,
    kind: EventKind,
    of: { class?: string; status?: string; at?: string; address?: string; incoming_id?: number; words?: string } = {},
  ) {
    const incoming_id = of.incoming_id ?? (await addMessage())
    const { class: klass = null, status = null, at = '2016-02-11T09:00:00Z', address = '', words = null } = of
    await db
      .insertInto('delivery_events')
      .values({ delivery_id, incoming_id, kind, class: klass, status, at, address, words })
      .execute()
  }

  async function addHits(
    delivery_id: number,
    link_key: string,
    of: { human?: number; machine?: number; first_at?: string },
  ) {
    const { human = 0, machine = 0, first_at = '2016-02-12T09:00:00Z' } = of
    await db
      .insertInto('delivery_hits')
      .values({ delivery_id, link_key, human, machine, first_at: human > 0 ? first_at : null })
      .execute()
  }

  async function addLink(campaign_id: number, key: string, url = `https://example.org/${key}`) {
    await db.insertInto('campaign_links').values({ campaign_id, key, url }).execute()
  }

  async function addConsent(person_id: number, given: boolean, at = '2016-01-01T00:00:00Z') {
    await db
      .insertInto('consents')
      .values({ person_id, purpose: 'tracking', given, at, wording: 'May we?', language: 'en', source: 'link' })
      .execute()
  }

  return { deps, addRound, addPerson, addCampaign, addEmail, addEvent, addMessage, addHits, addLink, addConsent }
}

export type Mail = Awaited<ReturnType<typeof openMail>>
