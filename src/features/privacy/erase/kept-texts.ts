import { domainToUnicode } from 'node:url'
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
export async function eraseKeptTexts(tx: DbOrTx, found: Traces): Promise<void> {
  const traces = { ...found, addresses: spellingsOf(found.addresses) }
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

/** A domain of another script is in A-labels in our tables, and as people write it in their files. */
function spellingsOf(addresses: readonly string[]): string[] {
  const written = addresses.map((address) => {
    const at = address.lastIndexOf('@')
    return `${address.slice(0, at)}@${domainToUnicode(address.slice(at + 1))}`
  })
  return [...new Set([...addresses, ...written])]
}
