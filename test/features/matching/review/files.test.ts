import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import {
  breakProposal,
  listProposals,
  writePeopleCsv,
  writeProposalsCsv,
  writeUnmatchedCsv,
} from '../../../../src/features/matching/index.ts'
import { type Applicant, madeUp, openMatching } from '../round.ts'

async function openFiles(people: Applicant[]) {
  const opened = await openMatching(people)
  const id = await opened.match()
  const read = async (write: typeof writePeopleCsv) => {
    let text = ''
    for await (const lines of write(opened.deps, { id })) text += lines
    const rows: Record<string, string>[] = parse(text, { columns: true, bom: true })
    return { text, rows }
  }
  return { ...opened, id, read }
}

test('the files of a run: pairs with scores and reasons, people with their partners, who is left over and why', async () => {
  const { deps, id, read } = await openFiles(madeUp(6))
  const [lowest] = (await listProposals(deps, { id })).items
  await breakProposal(deps, { id, proposal_id: lowest?.id as number, by: 'staff 1' })
  const proposals = await read(writeProposalsCsv)
  expect(proposals.text.startsWith('\ufeffproposal_id,score_percent,person_id_1,name_1,')).toBe(true)
  expect(proposals.rows).toHaveLength(2)
  for (const row of proposals.rows) {
    expect(Number(row.score_percent)).toBeGreaterThan(0)
    expect(row.address_1).toContain('@library.example')
    expect(row.reasons?.length).toBeGreaterThan(10)
  }
  const people = await read(writePeopleCsv)
  expect(people.rows).toHaveLength(4)
  const [first] = people.rows
  const partner = people.rows.find(({ person_id }) => person_id === first?.partner_ids)
  expect(partner).toMatchObject({
    partner_ids: first?.person_id,
    partners: first?.name,
    partner_addresses: first?.address,
  })
  const unmatched = await read(writeUnmatchedCsv)
  expect(unmatched.rows).toHaveLength(2)
  expect(unmatched.rows[0]).toMatchObject({ reason: 'broken', explanation: expect.stringContaining('by hand') })
})

test('a trio stands in one line, and each of its people with both of the others', async () => {
  const { read } = await openFiles(madeUp(3))
  const { rows } = await read(writeProposalsCsv)
  expect(rows).toHaveLength(1)
  expect(rows[0]?.person_id_3).not.toBe('')
  const people = (await read(writePeopleCsv)).rows
  expect(people).toHaveLength(3)
  for (const { partner_ids } of people) expect(partner_ids?.split('; ')).toHaveLength(2)
})

test('what people wrote is no formula of a spreadsheet, and a name written from right to left stays as it is', async () => {
  const { read } = await openFiles([
    { given: '=HYPERLINK("https://evil.example")', family: '', country: 'BR', request: '@SUM(1+1)*cmd|calc' },
    { given: 'مريم', family: 'الحسن', country: 'EG' },
  ])
  const { text } = await read(writeProposalsCsv)
  expect(text).toContain('"\'=HYPERLINK(""https://evil.example"")"')
  expect(text).toContain("'@SUM(1+1)")
  expect(text).toContain(',مريم الحسن,')
  const names = (await read(writePeopleCsv)).rows.map(({ name }) => name)
  expect(names).toContain('مريم الحسن')
})

test('a run without proposals has files with their first line, and one that is not there has none', async () => {
  const { deps, read } = await openFiles(madeUp(2, { country: 'BR' }))
  expect((await read(writeProposalsCsv)).rows).toEqual([])
  expect((await read(writePeopleCsv)).rows).toEqual([])
  expect((await read(writeUnmatchedCsv)).rows).toHaveLength(2)
  for (const write of [writeProposalsCsv, writePeopleCsv, writeUnmatchedCsv])
    await expect(write(deps, { id: 999 }).next()).rejects.toMatchObject({ code: 'not_found' })
})
