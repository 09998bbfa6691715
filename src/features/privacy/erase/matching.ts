import type { DbOrTx } from '../../../platform/db/open.ts'
import { eraseInInput, eraseInSide, isAbout, type Whose } from './matching-input.ts'
import { type EditRow, eraseProposalTexts, lockEdits, lockInput, recordEdits, recordInput } from './matching-queries.ts'
import { ERASED_TEXT } from './names.ts'

/** What matching runs keep about these people: what they were given, and why they proposed what they did. */
export async function eraseInRuns(
  tx: DbOrTx,
  { run_ids, person_ids }: { run_ids: readonly number[]; person_ids: readonly number[] | null },
): Promise<void> {
  const whose: Whose = person_ids === null ? null : new Set(person_ids)
  for (const id of run_ids) {
    // One after the other: an input is megabytes.
    const input = await lockInput(tx, id)
    const erased = input && (await eraseInInput(input, whose))
    if (erased) await recordInput(tx, id, erased)
  }
  await eraseProposalTexts(tx, { run_ids, person_ids })
  const edits = (await lockEdits(tx, run_ids)).flatMap((edit) => eraseInEdit(edit, whose))
  await recordEdits(tx, edits)
}

/** Nothing when the edit is about others. The sentence of an edit names people, in whatever words. */
function eraseInEdit(edit: EditRow, whose: Whose): EditRow[] {
  if (whose !== null && !isAbout([edit.before, edit.after], whose)) return []
  return [
    { id: edit.id, did: ERASED_TEXT, before: eraseInSide(edit.before, whose), after: eraseInSide(edit.after, whose) },
  ]
}
