/**
 * `npm run bench:replies`: the visible text of replies, ours and the libraries' side by side in one run on the five
 * sets beside the project: exactly right, right but for blanks, quote leaked, and the same with "Yes, I confirm" put
 * into every quote. Each reader works in a thread that is ended when one mail takes longer than the limit.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { hostile } from './hostile.ts'
import { INJECTED, withInjected } from './injected.ts'
import { judge } from './judge.ts'
import { READERS } from './readers.ts'
import { REPLIES_FOLDER, type Reply, readSets, SETS } from './sets.ts'

import { openThread, type Thread } from './thread.ts'

const LIMIT_MS = 10_000
const { values } = parseArgs({ options: { wrong: { type: 'boolean', default: false } } })

if (!existsSync(REPLIES_FOLDER)) throw new Error(`The replies to compare on are not at ${REPLIES_FOLDER}.`)
await compare()

async function compare(): Promise<void> {
  const replies = readSets()
  const rows: Record<string, string | number>[] = []
  const slow: Record<string, string | number>[] = []
  for (const name of Object.keys(READERS)) {
    const thread = openThread(name, LIMIT_MS)
    for (const set of SETS) {
      const own = replies.filter((reply) => reply.set === set)
      rows.push(await rowOf(name, set, own, thread))
    }
    for (const reply of hostile()) {
      const { micros } = await thread.read(reply)
      slow.push({
        reader: name,
        mail: reply.name,
        time: micros === undefined ? `over ${LIMIT_MS / 1000} s` : ms(micros),
      })
    }
    await thread.end()
  }
  rows.sort((a, b) => String(a.set).localeCompare(String(b.set)))
  console.table(rows)
  console.table(slow)
  console.log(`${availableParallelism()} processors, Node ${process.version}`)
}

async function rowOf(name: string, set: string, replies: Reply[], thread: Thread) {
  const times: number[] = []
  const sum = { exact: 0, right: 0, leaked: 0, injected: 0, stopped: 0 }
  for (const reply of replies) {
    const { visible, micros } = await thread.read(reply)
    if (visible === undefined || micros === undefined) {
      sum.stopped++
      continue
    }
    times.push(micros)
    const judged = judge(reply, visible)
    if (judged.exact) sum.exact++
    if (judged.right) sum.right++
    if (judged.leaked) sum.leaked++
    if (values.wrong && name === 'pairpost' && (!judged.exact || judged.leaked))
      console.log(
        `\n=== ${set}/${reply.name} ${JSON.stringify(judged)}\n--- expected\n${reply.expected}\n--- visible\n${visible}`,
      )
    const injected = await thread.read(withInjected(reply))
    if (injected.visible?.includes(INJECTED)) {
      sum.injected++
      if (values.wrong && name === 'pairpost') console.log(`\n=== injected ${set}/${reply.name}\n${injected.visible}`)
    }
  }
  times.sort((a, b) => a - b)
  return {
    set: `${set} (${replies.length})`,
    reader: name,
    exactly: sum.exact,
    'but for blanks': sum.right,
    'quote leaked': sum.leaked,
    'gained the put-in yes': sum.injected,
    'median µs': Math.round(times[times.length >> 1] ?? 0),
    slowest: ms(times.at(-1) ?? 0),
    stopped: sum.stopped,
  }
}

function ms(micros: number): string {
  return `${(micros / 1000).toFixed(1)} ms`
}
