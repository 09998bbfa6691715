import { Conflict, NotFound } from '../../../lib/errors.ts'
import { updatePerson } from '../../people/index.ts'
import type { MailchimpDeps } from '../deps.ts'
import { insertChanges } from '../mirror/people-queries.ts'
import { acceptFromThere, TAKEN_FIELDS } from './accept.ts'
import { type ClashRow, findClash, hasLaterClash, listClashRows, recordKept } from './clash-queries.ts'
import { lockPerson } from './take-queries.ts'

const PAGE = 50

/** Fields that were changed on both sides at once, the newest first. @param wanted.before `next` of the page before */
export async function listClashes(
  { db }: Pick<MailchimpDeps, 'db'>,
  wanted: { before?: number | undefined; limit?: number | undefined } = {},
): Promise<{ items: ClashRow[]; next: number | null }> {
  const limit = wanted.limit ?? PAGE
  const rows = await listClashRows(db, { before: wanted.before, limit: limit + 1 })
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

/**
 * Somebody says which side is right: it stands here from now on, and there after the next sync. Said twice it changes
 * nothing more.
 * @throws NotFound, Conflict `person_erased`, `clash_overtaken` when the field was changed again since, or `not_acceptable`
 */
export async function keepSide(
  { db, clock }: Pick<MailchimpDeps, 'db' | 'clock'>,
  { id, side, by }: { id: number; side: 'ours' | 'theirs'; by: string },
): Promise<ClashRow> {
  return db.transaction().execute(async (tx) => {
    const found = await findClash(tx, id)
    if (!found) throw new NotFound(`Clash ${id}`)
    const person = await lockPerson(tx, found.person_id)
    if (!person) throw new Conflict('person_erased', 'What we held about this person was erased.')
    // Read again: two that decide at once decide one after the other.
    const clash = (await findClash(tx, id)) as ClashRow
    const field = TAKEN_FIELDS.find((each) => each === clash.field)
    if (field === undefined) throw new Conflict('not_acceptable', 'This field is ours alone.')
    const wanted = clash[side]
    const value = acceptFromThere(field, wanted)
    if (value === undefined)
      throw new Conflict('not_acceptable', 'This value cannot stand here. Change the person themselves.')
    if (person[field] !== value) {
      const isAsLeft = [clash.ours, clash.theirs].some((each) => acceptFromThere(field, each) === person[field])
      if (!isAsLeft || (await hasLaterClash(tx, clash)))
        throw new Conflict('clash_overtaken', 'This field was changed again since. Look at the person.')
      await updatePerson({ db: tx }, { id: clash.person_id, change: { [field]: value } })
    }
    await insertChanges(tx, [clash.person_id])
    if (clash.kept !== side || clash.seen_at === null) await recordKept(tx, { id, side, by, now: clock.now() })
    return (await findClash(tx, id)) as ClashRow
  })
}
