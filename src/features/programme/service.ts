import type { Clock } from '../../lib/clock.ts'
import { Conflict, InvalidInput } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { getProgrammeForUpdate, type Programme, updateProgrammeRow } from './queries.ts'
import { type ProgrammeValues, readProgramme } from './rules.ts'

/** What is left out stays. An empty text clears; `second_person_over` null means that no campaign needs one. */
export type ProgrammeChange = Partial<ProgrammeValues>

/**
 * Takes effect with the next message that is made, also of campaigns under way.
 * @param seen `updated_at` of the settings that the change was made from: refuses to write over a later change
 * @throws InvalidInput by field, Conflict `programme_changed`
 */
export async function updateProgramme(
  { db, clock }: { db: Db; clock: Clock },
  change: ProgrammeChange,
  seen?: Date,
): Promise<Programme> {
  const { values, faults } = readProgramme(change)
  if (faults.length > 0) throw new InvalidInput(faults)
  return db.transaction().execute(async (tx) => {
    const before = await getProgrammeForUpdate(tx)
    if (seen && seen.getTime() !== before.updated_at.getTime())
      throw new Conflict('programme_changed', 'Somebody changed these settings since you opened them.')
    // Later than before in any case: a clock that goes back must not make two changes look like one.
    const updated_at = new Date(Math.max(clock.now().getTime(), before.updated_at.getTime() + 1))
    return updateProgrammeRow(tx, { ...before, ...values, updated_at })
  })
}
