import { countryName } from '../../../lib/countries.ts'
import { CSV_MARK, csvLine } from '../../../lib/csv.ts'
import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { nameOf } from '../pool/names.ts'
import { findRun, listUnmatchedRows } from '../runs/run-queries.ts'
import { UNMATCHED_WORDS } from '../runs/unmatched-words.ts'
import { countMostMembers, listProposalRows } from './proposal-queries.ts'
import { type ListedProposal, type ProposalMember, withMembers } from './proposals.ts'

/**
 * A run's output files, page by page. They stand as CSV text with its mark (lib/csv.ts), safe to be opened in a
 * spreadsheet whatever people have written. @throws NotFound at the first page
 */
type Pages = AsyncGenerator<string>
type Wanted = { id: number }
type Cells = Parameters<typeof csvLine>[0]

const PAGE = 1000

/** A line for each proposal: its score, its people, why. A third of a trio stands in columns of their own. */
export async function* writeProposalsCsv({ db }: { db: Db }, { id }: Wanted): Pages {
  await refuseMissing(db, id)
  const most = Math.max(2, await countMostMembers(db, id))
  const columnsOf = (at: number) =>
    ['person_id', 'name', 'address', 'country', 'role', 'special_request'].map((column) => `${column}_${at + 1}`)
  const people = Array.from({ length: most }, (_, at) => columnsOf(at)).flat()
  yield CSV_MARK + csvLine(['proposal_id', 'score_percent', ...people, 'reasons', 'locked', 'by_hand'])
  for await (const page of eachProposal(db, id)) {
    yield linesOf(page, ({ id: proposal_id, score, members, reasons, locked, by_hand }) => [
      proposal_id,
      score / 100,
      ...Array.from({ length: most }, (_, at) => cellsOfMember(members[at])).flat(),
      reasons.join('; '),
      locked,
      by_hand,
    ])
  }
}

function cellsOfMember(member: ProposalMember | undefined): Cells {
  if (!member) return [null, null, null, null, null, null]
  const { person_id, address, country_code, role, special_request } = member
  return [person_id, nameOf(member), address, countryName(country_code), role, special_request]
}

/** A line for each person of each proposal, with whom they are in it. */
export async function* writePeopleCsv({ db }: { db: Db }, { id }: Wanted): Pages {
  await refuseMissing(db, id)
  const partner = ['partner_ids', 'partners', 'partner_addresses', 'partner_countries']
  yield CSV_MARK +
    csvLine(['person_id', 'name', 'address', 'country', 'role', 'proposal_id', 'score_percent', ...partner])
  for await (const page of eachProposal(db, id)) {
    const rows = page.flatMap((proposal) => proposal.members.map((member) => ({ proposal, member })))
    yield linesOf(rows, ({ proposal, member }) => {
      const partners = proposal.members.filter(({ person_id }) => person_id !== member.person_id)
      const { person_id, address, country_code, role } = member
      return [
        ...[person_id, nameOf(member), address, countryName(country_code), role],
        ...[proposal.id, proposal.score / 100],
        partners.map((one) => one.person_id).join('; '),
        partners.map(nameOf).join('; '),
        partners.map((one) => one.address ?? '').join('; '),
        partners.map((one) => countryName(one.country_code)).join('; '),
      ]
    })
  }
}

/** A line for each person who is left over, with why. */
export async function* writeUnmatchedCsv({ db }: { db: Db }, { id }: Wanted): Pages {
  await refuseMissing(db, id)
  yield CSV_MARK + csvLine(['person_id', 'name', 'country', 'possible_partners', 'reason', 'explanation'])
  for (let after = 0; ; ) {
    const page = await listUnmatchedRows(db, id, { after, limit: PAGE })
    yield linesOf(page, (row) => {
      const { person_id, country_code, possible_partners, reason } = row
      return [person_id, nameOf(row), countryName(country_code), possible_partners, reason, UNMATCHED_WORDS[reason]]
    })
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.person_id
  }
}

async function* eachProposal(db: Db, run_id: number): AsyncGenerator<ListedProposal[]> {
  for (let after: { score: number; id: number } | undefined; ; ) {
    const rows = await listProposalRows(db, { run_id, order: 'highest', after, limit: PAGE })
    yield await withMembers(db, rows)
    after = rows.at(-1)
    if (rows.length < PAGE) return
  }
}

const linesOf = <Row>(rows: readonly Row[], cellsOf: (row: Row) => Cells) =>
  rows.map((row) => csvLine(cellsOf(row))).join('')

async function refuseMissing(db: Db, id: number): Promise<void> {
  if (!(await findRun(db, id))) throw new NotFound(`Matching run ${id}`)
}
