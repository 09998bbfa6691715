import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { INJECTED, withInjected } from '../../../bench/replies/injected.ts'
import { judge } from '../../../bench/replies/judge.ts'
import { READERS, type Reader } from '../../../bench/replies/readers.ts'
import { REPLIES_FOLDER, type Reply, readSets, SETS } from '../../../bench/replies/sets.ts'
import { openThread } from '../../../bench/replies/thread.ts'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'

const here = existsSync(REPLIES_FOLDER)
const OURS = READERS.pairpost as Reader

/** Longer than any library takes for mail that does not hang it, on a busy machine too. */
const LIMIT_MS = 3_000

interface Count {
  exact: number
  right: number
  leaked: number
}

describe.skipIf(!here)('the visible text on five sets of replies (they lie beside the project)', () => {
  const replies = here ? readSets() : []
  const counts = new Map<string, Record<string, Count>>()

  beforeAll(async () => {
    for (const name of Object.keys(READERS)) counts.set(name, await countOf(name, replies))
  }, 120_000)

  it.each(SETS)('is right at least as often as the best library, and leaks no quote more often, on %s', (set) => {
    const ours = counts.get('pairpost')?.[set] as Count
    for (const [name, { [set]: theirs }] of counts) {
      if (name === 'pairpost' || !theirs) continue
      expect(ours.exact).toBeGreaterThanOrEqual(theirs.exact)
      expect(ours.right).toBeGreaterThanOrEqual(theirs.right)
      // None has less than none: on one set a library leaks nothing either.
      expect(ours.leaked).toBeLessThanOrEqual(Math.max(0, theirs.leaked - 1))
    }
  })

  it.each(SETS)('does not gain a yes that is put into every quote of %s', (set) => {
    const own = replies.filter((reply) => reply.set === set)
    const injected = own.map(withInjected)
    expect(injected.filter(({ text, html }) => `${text}${html}`.includes(INJECTED)).length).toBeGreaterThan(
      own.length / 2,
    )
    expect(injected.filter((reply) => OURS(reply).includes(INJECTED)).map(({ name }) => name)).toEqual([])
  })
})

/** A library that hangs on a mail is stopped, and has it wrong without a leak. */
async function countOf(name: string, replies: readonly Reply[]): Promise<Record<string, Count>> {
  const counts: Record<string, Count> = {}
  const thread = openThread(name, LIMIT_MS)
  for (const reply of replies) {
    const count = counts[reply.set] ?? { exact: 0, right: 0, leaked: 0 }
    counts[reply.set] = count
    const { visible } = await thread.read(reply)
    if (visible === undefined) continue
    const judged = judge(reply, visible)
    if (judged.exact) count.exact++
    if (judged.right) count.right++
    if (judged.leaked) count.leaked++
  }
  await thread.end()
  return counts
}

const CONFIRMATIONS = join(REPLIES_FOLDER, '../confirmation-replies.json')

describe.skipIf(!existsSync(CONFIRMATIONS))('the visible text of 80 answers (they lie beside the project)', () => {
  interface Answer {
    id: string
    label: string
    text: string
  }
  const answers: Answer[] = existsSync(CONFIRMATIONS) ? JSON.parse(readFileSync(CONFIRMATIONS, 'utf8')) : []
  const OF_OURS = [
    'Good news: there is a place',
    'Please reply YES',
    'Confirm or decline my place',
    'Warm regards,\nHelena',
  ]

  it('holds nothing of our letter, but for a help desk that repeats it and a fragment in a subject', () => {
    const leaking = answers.filter(({ text }) =>
      OF_OURS.some((words) => readReplyText({ text }).visible.includes(words)),
    )
    expect(leaking.map(({ id }) => id)).toEqual(['dev-018', 'dev-045'])
  })

  it('is empty only where nothing was written', () => {
    const empty = answers.filter(({ text }) => readReplyText({ text }).visible === '')
    expect(empty.map(({ label }) => label)).toEqual(empty.map(() => 'empty'))
    expect(empty.length).toBe(answers.filter(({ label }) => label === 'empty').length)
  })
})
