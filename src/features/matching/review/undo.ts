import { Conflict } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { ProposalValues } from '../runs/result-queries.ts'
import { measureProposals } from '../runs/run-queries.ts'
import { type EditSide, findLastEdit, listPlacesOf, listProposalValues, recordUndone } from './edit-queries.ts'
import { changed, type EditDone, lockForReview, replaceSide } from './edits.ts'

/**
 * Takes the last edit back: what stood before it stands there again, under the same numbers.
 * @param edit_id when given, only if it is the last: what its reviewer saw
 * @throws NotFound, Conflict `nothing_to_undo`, `proposals_changed`, `not_finished` or `already_approved`
 */
export async function undoEdit(
  { db }: { db: Db },
  { id, edit_id }: { id: number; edit_id?: number | undefined },
): Promise<EditDone> {
  return db.transaction().execute(async (tx) => {
    await lockForReview(tx, id)
    const last = await findLastEdit(tx, id)
    if (!last) throw new Conflict('nothing_to_undo', 'Nothing has been changed by hand, so there is nothing to undo.')
    if (edit_id !== undefined && edit_id !== last.id) throw changed()
    if (!(await stands(tx, id, last.after))) throw changed()
    await replaceSide(tx, id, last.after, last.before)
    await recordUndone(tx, last.id)
    const { total_score } = await measureProposals(tx, id)
    const proposal_ids = last.before.proposals.map((proposal) => proposal.id)
    return { edit_id: last.id, did: `Undone: ${last.did}`, proposal_ids, total_score }
  })
}

/** Whether the rows still are as the edit has left them. */
async function stands(tx: DbOrTx, runId: number, { proposals, unmatched }: EditSide): Promise<boolean> {
  const ids = proposals.map(({ id }) => id)
  const people = unmatched.map(({ person_id }) => person_id)
  const found = await listProposalValues(tx, runId, ids)
  const places = await listPlacesOf(tx, runId, people)
  return (
    found.map(peopleOf).join() === proposals.map(peopleOf).join() &&
    places.unmatched.map(({ person_id }) => person_id).join() === [...people].sort((a, b) => a - b).join()
  )
}

const peopleOf = ({ id, members }: ProposalValues) =>
  `${id}: ${members.map(({ person_id }) => person_id).sort((a, b) => a - b)}`
