import { Readable } from 'node:stream'
import { getMatchingRun, writePeopleCsv, writeProposalsCsv, writeUnmatchedCsv } from '../../features/matching/index.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import type { ConsoleDeps } from '../shell.ts'
import { RunParams } from './list-query.ts'

const FILES = [
  { name: 'proposals', does: 'Export the proposals of a matching', write: writeProposalsCsv },
  { name: 'people', does: 'Export the people of a matching', write: writePeopleCsv },
  { name: 'unmatched', does: 'Export who is left over', write: writeUnmatchedCsv },
] as const

/** The output files of a run, as CSV. */
export function addRunFiles(app: TypedApp, { db }: ConsoleDeps): void {
  for (const { name, does, write } of FILES) {
    app.route({
      method: 'GET',
      url: `/console/matching/:id/${name}.csv`,
      config: { allow: 'people.read', does, audited: true },
      schema: { params: RunParams },
      handler: async ({ params: { id } }, reply) => {
        const { round } = await getMatchingRun({ db }, { id })
        const file = `matching-${round}-${id}-${name}.csv`.replaceAll(/[^\w.-]/g, '_')
        return reply
          .header('content-disposition', `attachment; filename="${file}"`)
          .type('text/csv; charset=utf-8')
          .send(Readable.from(write({ db }, { id })))
      },
    })
  }
}
