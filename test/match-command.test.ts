import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { MatchAnswer } from '../src/match-command/index.ts'
import { matchScores } from '../src/match-command/index.ts'
import { mostScore, readScores } from '../src/match-command/read-scores.ts'
import { runPairpost } from './support/pairpost.ts'

const CASES = '../shared/prototypes/matching/hardcases.json'

async function fileOf(content: string | Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-scores-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'scores.csv')
  await writeFile(file, content)
  return file
}

const csv = (...lines: string[]) => lines.map((line) => `${line}\n`).join('')
const read = async (content: string | Buffer) => readScores(await fileOf(content), 'floor')

/** The faults of a file, one text each. */
async function faultsOf(content: string | Buffer): Promise<string[]> {
  const error = await read(content).then(
    () => undefined,
    (thrown: { faults: { field: string; message: string }[] }) => thrown,
  )
  return error?.faults.map(({ field, message }) => `${field}: ${message}`) ?? []
}

describe('the command', () => {
  test('answers with JSON, and needs no settings', async () => {
    const file = await fileOf(csv('a,b,score', 'Ann,Ben,60', 'Ben,Cleo,90', 'Cleo,Dan,50', 'Ann,Cleo,40', 'Ben,Dan,45'))
    const floor = await runPairpost(['match', '--scores', file, '--json'])
    expect(floor.err).toBe('')
    expect(JSON.parse(floor.out)).toEqual({
      pairs: [
        { a: 'Ann', b: 'Ben', score: 60 },
        { a: 'Cleo', b: 'Dan', score: 50 },
      ],
      cardinality: 2,
      total: 110,
      worst: 50,
      proven_optimal: true,
      dual: 110,
    })
    expect(floor.code).toBe(0)
  })

  test('says in words what it found and what is proven', async () => {
    const { out } = await runPairpost([
      'match',
      '--scores',
      await fileOf(csv('Ann,Ben,60', 'Ben,Cleo,90')),
      '--policy',
      'total',
    ])
    expect(out.split('\n')).toEqual([
      '1 pair of 3 people: total 90, worst pair 90.',
      'Proven: no pairing has more pairs, and of those with as many none has a higher total.',
      'Left over: Ann.',
      '',
      'a    b     score',
      'Ben  Cleo     90',
      '',
    ])
  })

  test('names what is wrong in one line, and ends with 1', async () => {
    const bad = await runPairpost([
      'match',
      '--scores',
      await fileOf(csv('a,b,score', 'Ann,Ben,6.5', 'Ann,,3')),
      '--json',
    ])
    expect(bad).toEqual({
      code: 1,
      out: '',
      err: 'line 2: the score "6.5" is not an integer · line 3: does not say who\n',
    })
    const absent = await runPairpost(['match', '--scores', 'no-such-file.csv'])
    expect(absent).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^ENOENT: .*no-such-file\.csv'\n$/) })
  })

  test.each([[['match']], [['match', '--scores', 'x', '--policy', 'best']]])(
    '%j is answered with the usage',
    async (args) => {
      const { code, err } = await runPairpost(args)
      expect(err.split('\n')[0]).toBe('match needs --scores, and knows the policies floor, total, balanced')
      expect(code).toBe(2)
    },
  )
})

describe('a scores file', () => {
  test('may be without a header, with CRLF, a mark, quotes, blanks and empty lines; ids are any text', async () => {
    const { ids, score } = await read('\ufeff"Lee, ""Jo""",名前, -7 \r\n\r\n  名前 ,"two\r\nlines",+8\r\n')
    expect(ids).toEqual(['Lee, "Jo"', '名前', 'two\r\nlines'])
    expect([...score]).toEqual([-7, 8])
  })

  test('that is empty, or has a header only, has an empty answer', async () => {
    for (const content of ['', 'a,b,score\n', '\n\n']) {
      const answer = matchScores(await read(content), 'floor')
      expect(answer).toEqual({ pairs: [], cardinality: 0, total: 0, worst: null, proven_optimal: true, dual: 0 })
    }
  })

  test('may name a pair from both ends and twice, with the same score', async () => {
    const list = await read(csv('a,b,5', 'b,c,6', 'b,a,5', 'a,b,5'))
    expect([...list.score]).toEqual([5, 6])
  })

  test('has the first row for a header only when that row names a score', async () => {
    expect(await faultsOf(csv('from,to,SCORE', 'a,b,1'))).toEqual([])
    expect(await faultsOf(csv('a,b,many', 'a,c,1'))).toEqual(['line 1: the score "many" is not an integer'])
  })

  test.each([
    ['a,b', 'has 2 columns instead of three'],
    ['a,b,1,2', 'has 4 columns instead of three'],
    ['"",b,1', 'does not say who'],
    ['a," ",1', 'does not say who'],
    ['a,a,1', 'pairs a with themselves'],
    ['a,b,', 'the score "" is not an integer'],
    ['a,b,1e3', 'the score "1e3" is not an integer'],
    ['a,b,0x10', 'the score "0x10" is not an integer'],
    ['y,x,4', 'y and x have 4 here but 3 on line 1'],
    [
      'a,b,-99999999999999999999',
      'the score -100000000000000000000 is beyond ±562949953421311, within which the sums over 4 people are exact',
    ],
    ['a,"b,1', 'a quotation mark that was opened is never closed'],
    ['a,b"c,1', 'a quotation mark stands within a cell; it must be doubled and the cell quoted'],
  ])('with the row %s is refused', async (row, message) => {
    expect(await faultsOf(csv('x,y,3', row))).toEqual([`line 2: ${message}`])
  })

  test('that is not in UTF-8 is refused: two names might become one', async () => {
    expect(await faultsOf(Buffer.from('J\u00f6rg,Ann,1\nJ\u00fcrg,Ben,1\n', 'latin1'))).toEqual([
      'line 1: "J\ufffdrg" is not in UTF-8',
    ])
  })

  test('counts lines within cells, shows ten faults in order and says how many more there are', async () => {
    const rows = Array.from({ length: 14 }, (_, at) => `p${at},q${at},x`)
    const faults = await faultsOf(csv('"two\nlines",b,1', 'b,"two\nlines",2', ...rows))
    expect(faults).toHaveLength(11)
    expect(faults[0]).toBe('line 3: b and two\nlines have 2 here but 1 on line 1')
    expect(faults[1]).toBe('line 5: the score "x" is not an integer')
    expect(faults[10]).toBe('and: 5 more')
  })

  test('may have scores up to the bound, at which sums are still exact', async () => {
    const most = mostScore(4, 'total')
    const list = await read(csv(`a,b,${most}`, `b,c,${-most}`, `c,d,${most}`))
    expect(matchScores(list, 'total')).toMatchObject({ cardinality: 2, total: 2 * most, dual: 2 * most })
    const less = mostScore(4, 'balanced')
    const spread = await readScores(await fileOf(csv(`a,b,${less}`, `b,c,${-less}`, `c,d,${-less}`)), 'balanced')
    expect(matchScores(spread, 'balanced')).toMatchObject({ cardinality: 2, total: 0, dual: -((2 * less) ** 2) })
  })
})

interface HardCase {
  name: string
  edges: [number, number, number][]
  maxCardinality: number
  maxCardWeight: number
}

const cases: HardCase[] = existsSync(CASES) ? JSON.parse(readFileSync(CASES, 'utf8')) : []

describe.skipIf(cases.length === 0)('the known hard cases', () => {
  test.each(cases)('$name', async ({ edges, maxCardinality, maxCardWeight }) => {
    const rows = edges.map(([a, b, score]) => `v${a},v${b},${score}`)
    for (const content of [csv(...rows), csv('a,b,score', ...rows.toReversed())]) {
      const answer = matchScores(await read(content), 'total')
      expect(answer).toMatchObject({
        cardinality: maxCardinality,
        total: maxCardWeight,
        dual: maxCardWeight,
        proven_optimal: true,
      })
      expect(sumOf(answer)).toBe(maxCardWeight)
      expect(new Set(answer.pairs.flatMap(({ a, b }) => [a, b])).size).toBe(2 * maxCardinality)
    }
  })

  test('have the same answer from the command line', async () => {
    const { edges, maxCardinality, maxCardWeight } = cases.at(-1) as HardCase
    const file = await fileOf(csv(...edges.map((edge) => edge.join(','))))
    const { out } = await runPairpost(['match', '--scores', file, '--policy', 'total', '--json'])
    expect(JSON.parse(out)).toMatchObject({ cardinality: maxCardinality, total: maxCardWeight })
  })
})

const sumOf = ({ pairs }: MatchAnswer) => pairs.reduce((sum, { score }) => sum + score, 0)
