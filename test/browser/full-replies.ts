import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Deps } from '../../src/deps.ts'
import { openAutomatic, queueAutomatic, updateCampaign } from '../../src/features/campaigns/index.ts'
import { guessReply } from '../../src/features/inbox/guess/index.ts'

/** Replies of the stage by what is shown with them. */
export interface FullReplies {
  /** A long one in Arabic, with a quote, an answer of ours, a note and somebody who looks after it. */
  reply: number
  /** From an address that is none of its writer's. */
  elsewhere: number
  /** Of nobody we know. */
  stranger: number
  decided: number
  /** An automatic email with a newer text than the one that goes out. */
  automatic: number
}

const WROTE: [words: string, subject: string][] = [
  ['Yes, but only if my partner speaks French. Is that possible?', 'Re: Can you still take part?'],
  ['I am out of the office until 4 March and will answer when I am back.', 'Automatic reply: Can you still take part?'],
  ['No <b>thank</b> you & good luck', 'RE: Can you still take part?'],
  [`${'Averylongwordwithoutanyplacetobreakit'.repeat(6)} https://example.org/${'path/'.repeat(40)}`, ''],
  ['', 'Re:'],
]
const ARABIC =
  'السلام عليكم،\n\nنعم، يسعدني أن أشارك، لكن هل يمكن أن أبدأ بعد أسبوعين؟ سأكون في إجازة حتى منتصف الشهر.\n\nمع خالص التحية\nعائشة'
const QUOTED = 'Dear عائشة,\n\nCan you still take part in 2016A? Please reply YES or NO by 26 February.\n\n> YES\n> NO'

/** Replies of every kind that a person settles, applicants who may be one person, and an automatic email that was changed. */
export async function fillReplies(
  deps: Deps,
  { person, round_id }: { person: number; round_id: number },
): Promise<FullReplies> {
  const { db } = deps
  const others = await db.selectFrom('people').select('id').where('id', '>', person).orderBy('id').limit(8).execute()
  const of = (at: number) => others[at]?.id ?? person
  for (const [at, [visible, subject]] of WROTE.entries())
    await addReply(deps, { round_id, person_id: of(at), visible, subject })
  const reply = await addReply(deps, {
    ...{ round_id, person_id: person, visible: ARABIC, quoted: QUOTED, subject: 'رد: هل ما زلت تستطيع المشاركة؟' },
    note: 'Asked the directors on Monday.\nThey agree if the partner does.',
  })
  const elsewhere = await addReply(deps, {
    ...{ round_id, person_id: of(6), visible: 'Yes', subject: 'Re: Can you still take part?', outcome: 'confirmed' },
    unknown_address: 'a.very.long.private.address.that.nobody.knows@mail.of.somebody.elsewhere.example',
  })
  const stranger = await addReply(deps, {
    ...{ round_id: null, person_id: null, visible: 'Hello, what is this?', subject: 'A question' },
    from: 'stranger@nowhere.example',
  })
  const decided = await addReply(deps, { round_id, person_id: of(7), visible: 'Who are you?', subject: 'Re: Hello' })
  const staff = await db.selectFrom('staff').select('id').orderBy('id').executeTakeFirstOrThrow()
  await sql`update inbox_items set assigned_to = ${staff.id} where id = ${reply}`.execute(db)
  await sql`update inbox_items set state = 'done', decision = 'question', decided_by = ${staff.id}, decided_at = now()
    where id = ${decided}`.execute(db)
  await answer(deps, { item: reply, person, round_id })
  await proposeDuplicate(deps, [of(0), of(1)])
  const { campaign_id: automatic } = await openAutomatic(deps, { code: '2016A', key: 'confirmation_recorded' })
  await updateCampaign(deps, { id: automatic, change: { subject: 'Thank you: see you in {{round.name}}' } })
  return { reply, elsewhere, stranger, decided, automatic }
}

interface Reply {
  round_id: number | null
  person_id: number | null
  visible: string
  subject: string
  quoted?: string
  from?: string
  unknown_address?: string
  outcome?: string
  note?: string
}

/** A message as its reader leaves it, with the item that it led to. Returns the item's id. */
export async function addReply({ db, clock }: Pick<Deps, 'db' | 'clock'>, reply: Reply): Promise<number> {
  const { round_id, person_id, visible, subject, quoted = '', outcome = 'inbox', note = '' } = reply
  const { rows: known } = await sql<{ address: string }>`
    select address from addresses where person_id = ${person_id} and is_primary`.execute(db)
  const from = reply.unknown_address ?? reply.from ?? known[0]?.address ?? 'nobody@library.example'
  const guess = guessReply({ visible, subject })
  const digest = createHash('sha256').update(JSON.stringify(reply)).digest()
  const received_at = new Date(clock.now().getTime() - 3 * 3_600_000)
  const authenticity = {
    ...{ source: 'checked', dkim: 'pass', spf: 'pass', dmarc: 'fail', arc: 'none', from_domain: 'library.example' },
    ...{ aligned: false, why: 'The signature is of another domain than the sender.' },
  }
  const { rows } = await sql<{ id: number }>`
    with came as (
      insert into incoming_messages (source, mail_from, rcpt_to, octets, digest, received_at, state, kind, why, from_address,
        from_name, subject, message_id, authenticity, visible, quoted, guess, person_id, round_id, found_by, outcome, read_at)
      values ('smtp', ${from}, 'reply+token@programme.example', 2000, ${digest}, ${received_at}, 'read', 'reply', 'A person wrote it.',
        ${from}, '', ${subject}, ${`${digest.toString('hex').slice(0, 12)}@mail.example`}, ${JSON.stringify(authenticity)},
        ${visible}, ${quoted}, ${JSON.stringify(guess)}, ${person_id}, ${round_id}, ${person_id === null ? null : 'token'}, ${outcome},
        ${received_at}) returning id)
    insert into inbox_items (incoming_id, round_id, person_id, why, unknown_address, note, created_at)
    select id, ${round_id}, ${person_id}, ${guess.because}, ${reply.unknown_address ?? null}, ${note}, ${received_at} from came
    returning id`.execute(db)
  return (rows[0] as { id: number }).id
}

async function answer(
  deps: Deps,
  { item, person, round_id }: { item: number; person: number; round_id: number },
): Promise<void> {
  const now = deps.clock.now()
  await deps.db.transaction().execute(async (tx) => {
    const { delivery_id } = await queueAutomatic(tx, { key: 'inbox_reply', round_id, to: { person_id: person }, now })
    if (delivery_id === null) return
    const body = 'Dear عائشة,\n\ntwo weeks later is fine.'
    await tx
      .insertInto('inbox_replies')
      .values({ item_id: item, delivery_id, subject: 'Re: رد', body, written_by: 'staff 1', written_at: now })
      .execute()
  })
}

async function proposeDuplicate({ db, clock }: Deps, [first, second]: [number, number]): Promise<void> {
  await db
    .insertInto('duplicate_proposals')
    .values({
      ...{ first_person_id: first, second_person_id: second, created_at: clock.now() },
      why: 'Same name and country, another address',
    })
    .execute()
}
