import { applySteps } from './apply.ts'
import { lockMembers, recordTroubles, type TroubleNoted } from './member-queries.ts'
import { forgetChanges, insertChanges, listChangeIds } from './people-queries.ts'
import { isDone, planPage, type Step } from './plan.ts'
import { retried } from './retried.ts'
import type { Trouble } from './rules.ts'
import type { SyncRun } from './run.ts'
import { isNews, settleNews } from './settle.ts'
import { troubleWords } from './trouble-words.ts'

/** What Mailchimp refuses by chance, and contacts that are not as they were known, are decided so often. */
const MOST_LOOKS = 3

/** Brings these people's contacts in step: decides, notes what is for a person, writes, forgets their changes. */
export async function syncPage(run: SyncRun, person_ids: readonly number[], looks = 1): Promise<void> {
  if (person_ids.length === 0) return
  const { db, audience } = run
  await run.check()
  // Before the people are read: what is committed later is looked at later.
  const change_ids = await listChangeIds(db, person_ids)
  const { steps } = await planPage(db, { ids: person_ids }, audience.states)
  await noteDecisions(run, steps)
  const outcome = await applySteps(run, steps.filter(isToWrite))
  const again = [...outcome.again].filter((id) => !outcome.left.has(id))
  if (looks < MOST_LOOKS) await syncPage(run, again, looks + 1)
  else run.tally.drift += again.length
  run.tally.drift += outcome.left.size
  await insertChanges(db, [...outcome.left])
  await forgetChanges(db, change_ids)
}

const isToWrite = (step: Step) => step.decision.stop === null && !isDone(step)

/** What is news from there, and what a person must see to. */
async function noteDecisions(run: SyncRun, steps: readonly Step[]): Promise<void> {
  const { db, clock, tally } = run
  const decided = steps.flatMap(({ person_id, member, decision }) => (member ? [{ person_id, member, decision }] : []))
  const at = clock.now()
  const troubles = steps.flatMap(troubleOf)
  const telling = decided.filter(({ decision }) => isNews(decision)).map(({ member }) => member.hash)
  const concerned = [...telling, ...troubles.map(({ hash }) => hash)]
  const news = await retried(() =>
    db.transaction().execute(async (tx) => {
      // Contacts first, then their people: in one order with whoever settles what Mailchimp told.
      if (concerned.length > 0) await lockMembers(tx, concerned)
      const settled = await settleNews(tx, decided, at)
      await recordTroubles(tx, troubles, at)
      return settled
    }),
  )
  tally.taken += news.taken
  tally.clashes += news.clashes
  tally.stopped += news.stopped
}

const SEEN: readonly (Trouble | null)[] = ['unsubscribed', 'cleaned', 'pending', 'archived_there']

/** What Mailchimp itself refused is noted with its words when it does, and gone when it is taken. */
function troubleOf({ member, decision }: Step): TroubleNoted[] {
  const { trouble } = decision
  if (!member || trouble === member.trouble) return []
  const isWritten = decision.write !== 'none'
  if (isWritten && (member.trouble === 'refused' || member.trouble === 'compliance')) return []
  if (trouble === null) return [{ hash: member.hash, trouble, trouble_words: null }]
  if (!SEEN.includes(trouble)) return []
  return [{ hash: member.hash, trouble, trouble_words: troubleWords(trouble as Parameters<typeof troubleWords>[0]) }]
}
