import { memberHash } from '../../../platform/mailchimp/index.ts'
import type { MemberRefused, MembersWritten } from '../../../platform/mailchimp/shapes.ts'
import { eachAtOnce, inGroups } from './at-once.ts'
import { isTaken, MOST_DIRECT, runBatches } from './batch.ts'
import { toMergeFields } from './fields.ts'
import { lookAgain } from './look-again.ts'
import { type Outcome, type PresentStep, writtenOf } from './outcome.ts'
import { retried, retriedInOrder } from './retried.ts'
import type { SyncRun } from './run.ts'
import { complianceWords, refusedWords } from './trouble-words.ts'
import { recordAdded, recordChanged, recordIntents, recordRefused } from './written-queries.ts'

/** Mailchimp takes so many contacts in a call. */
const MOST_MEMBERS = 500
const AT_ONCE = 4
/** Refused by chance: tried again, and left for the next whole sync in the end. */
const BY_CHANCE = /unknown error|try again/i

/** Puts them in. That we are about to is noted first: should the answer be lost, what is found there later is ours. */
export async function addMembers(run: SyncRun, steps: readonly PresentStep[], outcome: Outcome): Promise<void> {
  if (steps.length === 0) return
  await run.prepare()
  const intents = steps.filter(({ member }) => member?.status !== 'archived').map(writtenOf)
  await retried(() => recordIntents(run.db, intents))
  await writeGroups(run, steps, 'addMembers', outcome)
}

/** Changes fields of those who are there. */
export async function changeMembers(run: SyncRun, steps: readonly PresentStep[], outcome: Outcome): Promise<void> {
  if (steps.length === 0) return
  await run.prepare()
  await writeGroups(run, steps, 'changeMembers', outcome)
}

async function writeGroups(
  run: SyncRun,
  steps: readonly PresentStep[],
  how: 'addMembers' | 'changeMembers',
  outcome: Outcome,
): Promise<void> {
  const { mailchimp, audience, clock } = run
  const groups = inGroups(steps, MOST_MEMBERS)
  const began_at = clock.now()
  if (steps.length <= MOST_DIRECT) {
    return eachAtOnce(groups, AT_ONCE, run.signal, async (group) => {
      const written = await mailchimp[how](
        audience.list_id,
        group.map((step) => memberOf(run, step)),
      )
      await note(run, { group, written, how, began_at }, outcome)
    })
  }
  const answered = new Set<number>()
  const operations = groups.map((group) =>
    mailchimp.operations[how](
      audience.list_id,
      group.map((step) => memberOf(run, step)),
    ),
  )
  await runBatches(run, operations, async (at, result) => {
    const group = groups[at]
    if (!group || !isTaken(result)) return
    answered.add(at)
    const written = mailchimp.operations.readMembersWritten(result.response)
    await note(run, { group, written, how, began_at }, outcome)
  })
  for (const [at, group] of groups.entries())
    if (!answered.has(at)) for (const { person_id } of group) outcome.left.add(person_id)
}

const memberOf = ({ audience }: SyncRun, { desired, decision }: PresentStep) => ({
  email_address: desired.address,
  merge_fields: toMergeFields(decision.fields, audience.fields),
})

interface Answer {
  group: readonly PresentStep[]
  written: MembersWritten
  how: 'addMembers' | 'changeMembers'
  began_at: Date
}

async function note(run: SyncRun, { group, written, how, began_at }: Answer, outcome: Outcome): Promise<void> {
  const at = run.clock.now()
  const taken = new Set(written.taken)
  const rows = group.filter(({ desired }) => taken.has(desired.hash))
  const noted = rows.map(writtenOf)
  const hashes = noted.map(({ hash }) => hash)
  await retriedInOrder(run.db, hashes, (tx) =>
    how === 'addMembers' ? recordAdded(tx, noted, { began_at, at }) : recordChanged(tx, noted, at),
  )
  for (const { desired } of rows) outcome.there.add(desired.hash)
  run.tally[how === 'addMembers' ? 'new' : 'changed'] += rows.length

  const refused = new Map(written.refused.map((refusal) => [memberHash(refusal.email_address), refusal]))
  const others = group.filter(({ desired }) => !taken.has(desired.hash))
  for (const { desired, person_id } of others) if (!refused.has(desired.hash)) outcome.left.add(person_id)
  const told = others.flatMap((step) => {
    const refusal = refused.get(step.desired.hash)
    return refusal ? [{ step, refusal }] : []
  })
  // What was expected to be there is not, or the other way round: somebody else did something meanwhile.
  const unexpected = told.filter(({ refusal }) => refusal.code === 'exists' || how === 'changeMembers')
  const stands = await lookAgain(run, unexpected, outcome)
  await noteRefused(run, [...told.filter((one) => !unexpected.includes(one)), ...stands], outcome)
}

async function noteRefused(
  run: SyncRun,
  told: readonly { step: PresentStep; refusal: MemberRefused }[],
  outcome: Outcome,
): Promise<void> {
  for (const { step, refusal } of told) if (isByChance(refusal)) outcome.again.add(step.person_id)
  const rows = told.map(({ step, refusal }) => ({
    hash: step.desired.hash,
    ...(refusal.code === 'compliance'
      ? { trouble: 'compliance' as const, trouble_words: complianceWords(refusal.words) }
      : { trouble: 'refused' as const, trouble_words: refusedWords(refusal.words) }),
    // Without a digest it is tried again by the next sync that looks at them.
    digest: isByChance(refusal) ? null : writtenOf(step).digest,
  }))
  await recordRefused(run.db, rows, run.clock.now())
}

const isByChance = ({ code, words }: MemberRefused) => code === 'refused' && BY_CHANCE.test(words)
