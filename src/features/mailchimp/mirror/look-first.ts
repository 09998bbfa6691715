import { eachAtOnce } from './at-once.ts'
import { noteMembers } from './note.ts'
import type { Step } from './plan.ts'
import { retried } from './retried.ts'
import { decide, type MemberRow } from './rules.ts'
import type { SyncRun } from './run.ts'
import { settleNews } from './settle.ts'

const AT_ONCE = 4

/**
 * Of contacts that are about to be taken out, those that have not left by themselves. Whoever has left and is archived by us
 * could not be told from the others any more, and our own mail would go on: so each is looked at that this run has not read.
 */
export async function withoutThoseWhoLeft(run: SyncRun, steps: readonly Step[]): Promise<Step[]> {
  const left = new Set<Step>()
  const unread = steps.filter(({ member }) => member && (member.read_at === null || member.read_at < run.began_at))
  await eachAtOnce(unread, AT_ONCE, run.signal, async (step) => {
    const { desired, person_id } = step
    const { hash } = step.member as MemberRow
    const at = run.clock.now()
    const member = await run.mailchimp.findMember(run.audience.list_id, hash)
    if (member?.status !== 'unsubscribed' && member?.status !== 'cleaned') return
    await retried(() =>
      run.db.transaction().execute(async (tx) => {
        const [row] = await noteMembers(tx, run.reader, [{ member, person_id }], at)
        if (row) await settleNews(tx, [{ person_id, member: row, decision: decide({ desired, member: row }) }], at)
      }),
    )
    left.add(step)
  })
  return steps.filter((step) => !left.has(step))
}
