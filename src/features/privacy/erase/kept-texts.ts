import type { DbOrTx } from '../../../platform/db/open.ts'
import {
  forgetKeptAnswers,
  forgetUploads,
  lockImportTexts,
  lockJobTexts,
  recordImportTexts,
  recordJobTexts,
} from './import-queries.ts'
import { eraseInJson, markReader } from './marks.ts'
import type { Traces } from './trace-queries.ts'

/** Texts that machines kept about what they did, wherever they name one of these people. */
export async function eraseKeptTexts(tx: DbOrTx, traces: Traces): Promise<void> {
  await forgetUploads(tx, traces)
  await forgetKeptAnswers(tx, traces)
  const namesOne = markReader(traces)
  const erase = <Value>(value: Value) => eraseInJson(value, namesOne) as Value
  const imports = await lockImportTexts(tx, traces.application_ids)
  await recordImportTexts(
    tx,
    imports
      .map((row) => ({ row, erased: { ...erase(row), id: row.id } }))
      .filter(({ row, erased }) => JSON.stringify(row) !== JSON.stringify(erased))
      .map(({ erased }) => erased),
  )
  const words = [
    ...traces.addresses,
    ...traces.names.flatMap(({ given_name, family_name }) => [given_name, family_name]).filter((name) => name !== ''),
  ]
  const jobs = await lockJobTexts(tx, words)
  await recordJobTexts(
    tx,
    jobs.map((row) => ({ ...erase(row), id: row.id })),
  )
}
