// biome-ignore-all lint/style/noNonNullAssertion: the instances have what is spoiled
import { expect, test } from 'vitest'
import {
  type Barrier,
  checkCertificate,
  type Policy,
  type PolicySolution,
  solveByPolicy,
} from '../../../src/lib/weighted-matching/index.ts'
import { eachOf, mapInstance, pairsOf, type Triple } from './instances.ts'
import { openRandom } from './random.ts'

const POLICIES: Policy[] = ['floor', 'total', 'balanced']
const NEAR = 40
const FAR = 20

/** Two maps without a pair between them, the second of one more where `odd` is 1: blossoms, and somebody left over. */
function solved(policy: Policy, odd: number): { pairs: Triple[]; claim: PolicySolution } {
  const near = mapInstance(openRandom(7), NEAR, 5, 60)
  const far = mapInstance(openRandom(8), FAR + odd, 5, 60)
  const pairs = [...near.pairs, ...far.pairs.map(([a, b, weight]): Triple => [a + NEAR, b + NEAR, weight])]
  return { pairs, claim: solveByPolicy(NEAR + FAR + odd, pairsOf(pairs), policy) }
}

type Spoil = (claim: PolicySolution, pairs: Triple[]) => void

/** What the checker says of a solution after it was spoiled; undefined: it is accepted. */
function faultOf(policy: Policy, odd: number, spoil: Spoil): string | undefined {
  const { pairs, claim } = structuredClone(solved(policy, odd))
  spoil(claim, pairs)
  const verdict = checkCertificate(claim, eachOf(pairs))
  return verdict.ok ? undefined : verdict.fault
}

const matchedIn = ({ mate }: PolicySolution) => mate.findIndex((partner) => partner >= 0)
const heavyIn = ({ proof }: PolicySolution) => proof.blossoms.find(({ dual }) => dual > 0)!
const outsideOf = ({ inner, part }: Barrier) => part.findIndex((number, v) => number < 0 && !inner.includes(v))

function part({ mate }: PolicySolution, v: number): void {
  mate[mate[v]!] = -1
  mate[v] = -1
}

function join({ mate }: PolicySolution, a: number, b: number): void {
  mate[a] = b
  mate[b] = a
}

test('the proofs that are spoiled below are right before', () => {
  for (const policy of POLICIES) for (const odd of [0, 1]) expect(faultOf(policy, odd, () => {})).toBeUndefined()
  const { claim } = solved('total', 1)
  expect(claim.proof.blossoms.filter(({ dual }) => dual > 0).length).toBeGreaterThan(3)
  expect(claim.mate.filter((partner) => partner < 0).length).toBe(1)
})

interface Spoiling {
  name: string
  fault: RegExp
  spoil: Spoil
}

const OF_THE_MATES: Spoiling[] = [
  {
    name: 'somebody is given to two',
    fault: /not given/,
    spoil(claim) {
      claim.mate[matchedIn(claim)] = NEAR + FAR - 1
    },
  },
  {
    name: 'somebody is given to themselves',
    fault: /not given/,
    spoil({ mate }) {
      mate[5] = 5
    },
  },
  {
    name: 'somebody is given to nobody there is',
    fault: /not given/,
    spoil({ mate }) {
      mate[5] = 1000
    },
  },
  {
    name: 'a pair is dropped',
    fault: /are matched/,
    spoil(claim) {
      part(claim, matchedIn(claim))
    },
  },
  {
    name: 'a pair is dropped and not counted',
    fault: /left over|below/,
    spoil(claim) {
      part(claim, matchedIn(claim))
      claim.cardinality--
    },
  },
  {
    name: 'one pair more is claimed',
    fault: /are matched/,
    spoil(claim) {
      claim.cardinality++
    },
  },
  {
    name: 'the total is one more',
    fault: /total/,
    spoil(claim) {
      claim.total++
    },
  },
  {
    name: 'the worst pair is one better',
    fault: /worst/,
    spoil(claim) {
      claim.worst!++
    },
  },
  {
    name: 'partners are changed for ones that are not allowed',
    fault: /not allowed/,
    spoil(claim) {
      const a = matchedIn(claim)
      const b = claim.mate[a]!
      const c = claim.mate.findLastIndex((partner) => partner >= 0)
      const d = claim.mate[c]!
      join(claim, a, c)
      join(claim, b, d)
    },
  },
  {
    name: 'a matched pair is not allowed any more',
    fault: /not allowed/,
    spoil({ mate }, pairs) {
      const used = pairs.findIndex(([a, b]) => mate[a] === b)
      pairs.splice(used, 1)
    },
  },
]

const OF_THE_DUALS: Spoiling[] = [
  {
    name: 'a dual is one higher',
    fault: /its duals/,
    spoil({ proof }) {
      proof.duals[3]!++
    },
  },
  {
    name: 'a dual is one lower',
    fault: /its duals|below/,
    spoil({ proof }) {
      proof.duals[3]!--
    },
  },
  {
    name: 'a dual is moved from one end of a pair to the other',
    fault: /its duals|below/,
    spoil(claim) {
      const a = matchedIn(claim)
      claim.proof.duals[a]! -= 100_000
      claim.proof.duals[claim.mate[a]!]! += 100_000
    },
  },
  {
    name: 'a dual is not an integer',
    fault: /integer/,
    spoil({ proof }) {
      proof.duals[3]! += 0.5
    },
  },
  {
    name: 'a dual is missing',
    fault: /duals for/,
    spoil({ proof }) {
      proof.duals = proof.duals.slice(1)
    },
  },
]

const OF_THE_BLOSSOMS: Spoiling[] = [
  {
    name: 'the dual of a blossom is below 0',
    fault: /dual of blossom/,
    spoil(claim) {
      heavyIn(claim).dual = -2
    },
  },
  {
    name: 'the dual of a blossom is higher',
    fault: /its duals/,
    spoil(claim) {
      heavyIn(claim).dual += 2
    },
  },
  {
    name: 'a blossom is missing',
    fault: /its duals|cannot have/,
    spoil(claim) {
      const { blossoms } = claim.proof
      blossoms.splice(blossoms.indexOf(heavyIn(claim)), 1)
    },
  },
  {
    name: 'a blossom has lost a member',
    fault: /not odd/,
    spoil({ proof }) {
      proof.blossoms[0]!.members.pop()
    },
  },
  {
    name: 'a blossom has a member twice',
    fault: /cannot have/,
    spoil({ proof }) {
      const { members } = proof.blossoms[0]!
      members.push(members[0]!, members[0]!)
    },
  },
  {
    name: 'members lie in two blossoms',
    fault: /cannot have/,
    spoil({ proof }) {
      proof.blossoms.push(structuredClone(proof.blossoms[0]!))
    },
  },
  {
    name: 'a blossom holds itself',
    fault: /cannot have/,
    spoil({ proof, mate }) {
      proof.blossoms[0]!.members[0] = mate.length
    },
  },
]

test.each([...OF_THE_MATES, ...OF_THE_DUALS, ...OF_THE_BLOSSOMS])('rejected: $name', ({ fault, spoil }) => {
  for (const policy of POLICIES) for (const odd of [0, 1]) expect(faultOf(policy, odd, spoil)).toMatch(fault)
})

test('rejected: a blossom with a dual that is not full', () => {
  // A triangle whose members all have their partners outside of it.
  const pairs = [
    [0, 1],
    [1, 2],
    [0, 2],
    [0, 3],
    [1, 4],
    [2, 5],
  ].map(([a, b]): Triple => [a!, b!, 0])
  const check = (dual: number, first: number) =>
    checkCertificate(
      {
        mate: Int32Array.of(3, 4, 5, 0, 1, 2),
        cardinality: 3,
        total: 0,
        proof: {
          duals: new Float64Array(6).with(0, first),
          exposure: 0,
          blossoms: [{ dual, members: [0, 1, 2] }],
          barrier: { inner: [], part: new Int32Array(6).fill(-1), parts: 0 },
        },
      },
      eachOf(pairs),
    )
  expect(check(0, 0)).toEqual({ ok: true })
  // No pair outweighs its duals; but what the blossom adds to them, the matching lacks.
  expect(check(2, 0)).toMatchObject({ fault: expect.stringMatching(/its duals/) })
  // The values agree, but the pair 0 – 3 outweighs its duals.
  expect(check(2, -2)).toMatchObject({ fault: expect.stringMatching(/its duals/) })
})

test('rejected: a pair that is not used is worth more than was said', () => {
  for (const policy of ['floor', 'total'] as const) {
    for (const odd of [0, 1]) {
      const fault = faultOf(policy, odd, ({ mate }, pairs) => {
        pairs.find(([a, b]) => mate[a] !== b)![2] = 10_000
      })
      expect(fault).toMatch(/its duals|crosses/)
    }
  }
})

const WITH_SOMEBODY_LEFT_OVER: Spoiling[] = [
  {
    name: 'λ is one higher',
    fault: /below/,
    spoil({ proof }) {
      proof.exposure++
    },
  },
  {
    name: 'λ is one lower',
    fault: /its duals/,
    spoil({ proof }) {
      proof.exposure--
    },
  },
  {
    name: 'the barrier has no parts',
    fault: /proves/,
    spoil({ proof, mate }) {
      proof.barrier = { inner: [], part: new Int32Array(mate.length).fill(-1), parts: 0 }
    },
  },
  {
    name: 'the barrier has one inner person too many',
    fault: /proves/,
    spoil({ proof }) {
      proof.barrier.inner.push(outsideOf(proof.barrier))
    },
  },
  {
    name: 'an inner person of the barrier is in a part too',
    fault: /no part/,
    spoil({ proof }) {
      proof.barrier.inner.push(proof.barrier.part.indexOf(0))
    },
  },
  {
    name: 'a part of the barrier is not odd',
    fault: /not odd/,
    spoil({ proof: { barrier } }) {
      barrier.part[barrier.part.indexOf(0)] = -1
    },
  },
  {
    name: 'a part of the barrier is cut in three',
    fault: /crosses/,
    spoil({ proof: { barrier } }) {
      const { part, parts } = barrier
      const sizes = Array.from({ length: parts }, (_, number) => part.filter((other) => other === number).length)
      const largest = sizes.indexOf(Math.max(...sizes))
      part[part.indexOf(largest)] = parts
      part[part.indexOf(largest)] = parts + 1
      barrier.parts += 2
    },
  },
  {
    name: 'a pair leads from a part to somebody outside',
    fault: /crosses/,
    spoil({ proof: { barrier } }, pairs) {
      pairs.push([barrier.part.indexOf(0), outsideOf(barrier), -1_000_000])
    },
  },
  {
    name: 'the barrier does not tell of everybody',
    fault: /everybody/,
    spoil({ proof: { barrier } }) {
      barrier.part = barrier.part.slice(1)
    },
  },
]

test.each(WITH_SOMEBODY_LEFT_OVER)('rejected where somebody is left over: $name', ({ fault, spoil }) => {
  for (const policy of POLICIES) expect(faultOf(policy, 1, spoil)).toMatch(fault)
})

const OF_THE_FLOOR: Spoiling[] = [
  {
    name: 'the floor is one higher',
    fault: /worst/,
    spoil({ proof }) {
      proof.floor!.worst++
    },
  },
  {
    name: 'the floor is one lower',
    fault: /worst|floor/,
    spoil({ proof }) {
      proof.floor!.worst--
    },
  },
  {
    name: 'its barrier has an inner person too many',
    fault: /floor/,
    spoil({ proof }) {
      const { barrier } = proof.floor!
      barrier.inner.push(outsideOf(barrier))
      barrier.inner.push(barrier.part.findLastIndex((number, v) => number < 0 && !barrier.inner.includes(v)))
    },
  },
  {
    name: 'a better pair crosses its barrier',
    fault: /crosses the barrier of the floor/,
    spoil({ proof }, pairs) {
      const { barrier, worst } = proof.floor!
      const a = barrier.part.indexOf(barrier.parts - 1)
      // Not one that crosses the other barrier too.
      const same = (v: number) => proof.barrier.part[v] === proof.barrier.part[a] && !proof.barrier.inner.includes(v)
      const b = barrier.part.findIndex((number, v) => v !== a && number !== barrier.parts - 1 && same(v))
      pairs.push([a, b, worst + 1])
    },
  },
]

test.each(OF_THE_FLOOR)('rejected under policy floor: $name', ({ fault, spoil }) => {
  for (const odd of [0, 1]) expect(faultOf('floor', odd, spoil)).toMatch(fault)
})

test('rejected under policy balanced: another highest score, or none', () => {
  for (const odd of [0, 1]) {
    const other = faultOf('balanced', odd, ({ proof }) => {
      proof.highest!++
    })
    const none = faultOf('balanced', odd, ({ proof }) => {
      delete proof.highest
    })
    for (const fault of [other, none]) expect(fault).toMatch(/its duals/)
  }
})

test('rejected: pairs that cannot be', () => {
  const impossible: Triple[] = [
    [3, 3, 1],
    [-1, 2, 1],
    [0, 60, 1],
    [0, 1, 0.5],
    [0, 1, Number.NaN],
  ]
  for (const pair of impossible) expect(faultOf('total', 0, (_, pairs) => pairs.push(pair))).toMatch(/cannot be/)
})

test('any one of the duals changed by little is rejected', () => {
  const { pairs, claim } = solved('total', 1)
  const random = openRandom(3)
  for (let round = 0; round < 200; round++) {
    const { mate, cardinality, total, proof } = structuredClone(claim)
    const by = Math.ceil(random() * 4) * (random() < 0.5 ? 1 : -1)
    if (random() < 0.5) proof.duals[Math.floor(random() * mate.length)]! += by
    else proof.blossoms[Math.floor(random() * proof.blossoms.length)]!.dual += by
    expect(checkCertificate({ mate, cardinality, total, proof }, eachOf(pairs)).ok).toBe(false)
  }
})
