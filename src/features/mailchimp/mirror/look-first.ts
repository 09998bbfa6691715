import { eachAtOnce } from './at-once.ts'
import { noteSeen } from './look-again.ts'
import type { Step } from './plan.ts'
import type { MemberRow } from './rules.ts'
import type { SyncRun } from './run.ts'

const AT_ONCE = 4

/**
 * Of contacts that are about to be taken out, those that have not left by themselves. Whoever has left and is archived by us
 * could not be told from the others any more, and our own mail would go on: so each is looked at that this run has not read.
 */
export async function withoutThoseWhoLeft(run: SyncRun, steps: readonly Step[]): Promise<Step[]> {
  const left = new Set<Step>()
  const unread = steps.filter(({ member }) => member && (member.read_at === null || member.read_at < run.began_at))
  await eachAtOnce(unread, AT_ONCE, run.signal, async (step) => {
    const { hash } = step.member as MemberRow
    const at = run.clock.now()
    const member = await run.mailchimp.findMember(run.audience.list_id, hash)
    if (member?.status !== 'unsubscribed' && member?.status !== 'cleaned') return
    await noteSeen(run, step, member, at)
    left.add(step)
  })
  return steps.filter((step) => !left.has(step))
}
