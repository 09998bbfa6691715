import { isPresent, newOutcome, type Outcome } from './outcome.ts'
import type { Step } from './plan.ts'
import { archiveMembers, deleteMembers, moveMembers } from './remove.ts'
import type { SyncRun } from './run.ts'
import { addMembers, changeMembers } from './write-members.ts'
import { writeTags } from './write-tags.ts'

/** Does what was decided, there; what was answered is noted. Who must not be mailed comes first. */
export async function applySteps(run: SyncRun, steps: readonly Step[]): Promise<Outcome> {
  const outcome = newOutcome()
  await archiveMembers(
    run,
    steps.filter(({ decision }) => decision.remove === 'archive'),
  )
  await deleteMembers(
    run,
    steps.filter(({ decision }) => decision.remove === 'delete'),
  )
  const present = steps.filter(isPresent)
  await moveMembers(
    run,
    present.filter(({ moves }) => moves),
    outcome,
  )
  const writing = (write: 'add' | 'change') =>
    present.filter(({ moves, decision }) => !moves && decision.write === write)
  await addMembers(run, writing('add'), outcome)
  await changeMembers(run, writing('change'), outcome)
  await writeTags(run, steps, (step) => isThere(step, outcome), outcome.left)
  return outcome
}

/** A tag to who is not there would be passed over in silence, and noted all the same. */
function isThere({ desired, decision, moves, person_id }: Step, { there, again, left }: Outcome): boolean {
  if (desired.want === 'there' && (moves || decision.write === 'add')) return there.has(desired.hash)
  return person_id === null || !(again.has(person_id) || left.has(person_id))
}
