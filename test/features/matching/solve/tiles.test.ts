import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLocalAsker } from '../../../../src/features/matching/solve/ask.ts'
import { addToList, openBestLists, sortedList } from '../../../../src/features/matching/solve/best-lists.ts'
import { fromBytes, toBytes } from '../../../../src/features/matching/solve/bytes.ts'
import { openTiles, packProblem } from '../../../../src/features/matching/solve/index.ts'
import { listAllPairs } from '../../../../src/features/matching/solve/list-all-pairs.ts'
import {
  entryOf,
  MOST_PEOPLE,
  partnerOf,
  rankOf,
  rankOfEntry,
  scoreOfRank,
} from '../../../../src/features/matching/solve/pair-order.ts'
import { openPoolSource } from '../../../../src/features/matching/solve/pair-source.ts'
import { questionOfBytes, questionToBytes } from '../../../../src/features/matching/solve/questions.ts'
import {
  countTiles,
  coverOfTile,
  firstColumn,
  personAt,
  tileOf,
} from '../../../../src/features/matching/solve/tiles.ts'
import { solveByPolicy } from '../../../../src/lib/weighted-matching/index.ts'
import { peopleFrom, problemFor, problemOf } from './problems.ts'

test('tiles hold every pair once, and know whom their places stand for', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 12 }), (n, size) => {
      const seen = new Map<string, number>()
      for (let number = 0; number < countTiles(n, size); number++) {
        const tile = tileOf(n, size, number)
        const cover = coverOfTile(tile)
        for (let i = tile.rowFrom; i < tile.rowTo; i++) {
          expect(personAt(cover, i - cover.rowOffset)).toBe(i)
          for (let j = firstColumn(tile, i); j < tile.columnTo; j++) {
            expect(personAt(cover, j - cover.columnOffset)).toBe(j)
            expect(j - cover.columnOffset).toBeLessThan(cover.people)
            seen.set(`${i} ${j}`, (seen.get(`${i} ${j}`) ?? 0) + 1)
          }
        }
      }
      expect(seen.size).toBe(Math.max(0, (n * (n - 1)) / 2))
      expect([...seen.values()].every((times) => times === 1)).toBe(true)
    }),
  )
})

test('an entry keeps rank and partner, and the order of pairs is the same from both ends', () => {
  const person = fc.nat(MOST_PEOPLE - 1)
  fc.assert(
    fc.property(fc.nat(10_000), person, person, (score, one, other) => {
      const rank = rankOf(score, one, other)
      expect(rank).toBe(rankOf(score, other, one))
      expect(scoreOfRank(rank)).toBe(score)
      expect(rankOfEntry(entryOf(rank, other))).toBe(rank)
      expect(partnerOf(entryOf(rank, other))).toBe(other)
      expect(rankOf(score + 1, one, other)).toBeGreaterThan(rankOf(score, other, one))
    }),
  )
})

test('a list keeps the best, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(500)), fc.integer({ min: 1, max: 9 }), (partners, keep) => {
      const best = partners
        .map((partner) => entryOf(rankOf(partner % 7, 600, partner), partner))
        .toSorted((a, b) => b - a)
        .slice(0, keep)
      const lists = openBestLists(2, keep)
      for (const partner of partners) addToList(lists, 1, rankOf(partner % 7, 600, partner), partner)
      expect([...sortedList(lists, 1)]).toEqual(best)
      expect([...sortedList(lists, 0)]).toEqual([])
    }),
  )
})

test('columns come out of bytes as they went in, wherever the bytes lie', () => {
  const columns = {
    octets: new Uint8Array([1, 2, 3]),
    small: new Uint16Array([65_535]),
    whole: new Int32Array([-1, 2 ** 31 - 1]),
    none: new Uint32Array(),
    double: new Float64Array([0.1, -Infinity, 2 ** 53]),
  }
  const bytes = toBytes({ head: { words: 'née', list: [1, null] }, columns })
  const shifted = Buffer.concat([Buffer.from('xyz'), bytes, Buffer.from('end')]).subarray(3, 3 + bytes.length)
  for (const given of [bytes, Buffer.from(bytes), shifted]) {
    expect(fromBytes(given)).toEqual({ head: { words: 'née', list: [1, null] }, columns })
  }
})

test.each([
  ['floor', problemFor(60)],
  ['total', problemOf(peopleFrom({ AU: 30, GB: 12 }), { policy: 'total' })],
  ['balanced', problemFor(61, { policy: 'balanced' })],
] as const)('a claim is checked over all pairs, in shares, and a spoiled one refused: %s', async (policy, problem) => {
  const packed = packProblem(problem)
  const { profiles } = packed
  const asker = openLocalAsker(profiles)
  const source = openPoolSource(profiles.n, asker)
  const claim = solveByPolicy(profiles.n, listAllPairs(profiles.n, asker.rows), policy)
  expect(await source.faultOf(claim)).toBeNull()
  const inTile = (spoiled: typeof claim) => {
    const question = questionToBytes({ kind: 'check', claim: spoiled }, 0)
    expect(questionOfBytes(question).question).toMatchObject({ claim: { mate: spoiled.mate, proof: spoiled.proof } })
    return fromBytes(openTiles(packed)(question, 0)).head.fault
  }
  expect(inTile(claim)).toBeNull()

  const duals = claim.proof.duals.slice()
  duals[3] = (duals[3] as number) - 4
  const mate = claim.mate.slice()
  const [one, other] = [...mate.entries()].find(([, partner]) => partner >= 0) as [number, number]
  mate[one] = mate[other] = -1
  for (const spoiled of [
    { ...claim, proof: { ...claim.proof, duals } },
    { ...claim, mate },
    { ...claim, total: claim.total + 1 },
  ]) {
    expect(await source.faultOf(spoiled)).not.toBeNull()
    expect(inTile(spoiled)).not.toBeNull()
  }
})
