import { Upstream } from '../../../lib/errors.ts'
import type { Member, MemberRefused } from '../../../platform/mailchimp/shapes.ts'
import { eachAtOnce } from './at-once.ts'
import { toMergeFields } from './fields.ts'
import { recordAbsentOne } from './member-queries.ts'
import { noteMembers } from './note.ts'
import { type Outcome, type PresentStep, writtenOf } from './outcome.ts'
import type { Step } from './plan.ts'
import { retried } from './retried.ts'
import { decide } from './rules.ts'
import type { SyncRun } from './run.ts'
import { settleNews } from './settle.ts'
import { recordAdded, recordRefused } from './written-queries.ts'

interface Refused {
  step: PresentStep
  refusal: MemberRefused
}

const AT_ONCE = 4
const REFUSALS: Record<string, 'compliance' | 'refused'> = {
  mailchimp_compliance: 'compliance',
  mailchimp_refused: 'refused',
}

/**
 * Looks at contacts that are not as we believed: what is read is noted with what is news of it, and the person decided once
 * more. Returns those that are as we believed, and were refused nevertheless.
 */
export async function lookAgain(run: SyncRun, refused: readonly Refused[], outcome: Outcome): Promise<Refused[]> {
  const stand: Refused[] = []
  await eachAtOnce(refused, AT_ONCE, run.signal, async (one) => {
    const { step, refusal } = one
    const { hash } = step.desired
    const at = run.clock.now()
    const member = await run.mailchimp.findMember(run.audience.list_id, hash)
    if (!member) {
      // Said to be there and not seen yet: later.
      if (refusal.code === 'exists') outcome.left.add(step.person_id)
      else {
        await recordAbsentOne(run.db, hash, at)
        outcome.again.add(step.person_id)
      }
      return
    }
    if (member.status === 'archived' && step.member?.status === 'archived' && step.member.is_ours)
      return putBack(run, step, outcome)
    const isAsKnown = step.member?.status === member.status
    if (isAsKnown && refusal.code !== 'exists') {
      stand.push(one)
      return
    }
    const { person_id } = step
    await noteSeen(run, step, member, at)
    outcome.again.add(person_id)
  })
  return stand
}

/** Notes a contact as it was just read, with what is news of it. @param at before it was asked for */
export async function noteSeen(
  run: SyncRun,
  { person_id, desired }: Pick<Step, 'person_id' | 'desired'>,
  member: Member,
  at: Date,
): Promise<void> {
  await retried(() =>
    run.db.transaction().execute(async (tx) => {
      const [row] = await noteMembers(tx, run.reader, [{ member, person_id }], at)
      if (row) await settleNews(tx, [{ person_id, member: row, decision: decide({ desired, member: row }) }], at)
    }),
  )
}

/** Archived by us: it comes back with its history. */
async function putBack(run: SyncRun, step: PresentStep, outcome: Outcome): Promise<void> {
  const { desired, decision } = step
  const began_at = run.clock.now()
  try {
    await run.mailchimp.putMember(run.audience.list_id, desired.hash, {
      ...{ email_address: desired.address, subscribe: true },
      merge_fields: toMergeFields(decision.fields, run.audience.fields),
    })
  } catch (error) {
    if (!(error instanceof Upstream)) throw error
    const trouble = REFUSALS[error.code]
    if (!trouble) throw error
    // The others go on.
    const row = { hash: desired.hash, trouble, trouble_words: error.message, digest: writtenOf(step).digest }
    return recordRefused(run.db, [row], run.clock.now())
  }
  await recordAdded(run.db, [writtenOf(step)], { began_at, at: run.clock.now() })
  outcome.there.add(desired.hash)
  run.tally.new++
}
