import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { openInbox, write } from '../features/inbox/stage.ts'
import { hand } from '../features/mailbox/dialogue.ts'
import { eventually, PATIENCE } from '../support/eventually.ts'

/** Each process ends with -9 before so many statements; the last one lives. */
const STATEMENTS = [4, 25, 60, 111, 0]
const LETTERS = 20
const MINUTE = 60_000

test(
  'killed with -9 again and again while mail comes in: nothing is lost, nothing counts twice',
  async () => {
    const names = Array.from({ length: LETTERS }, (_, at) => `p${at}`)
    const { deps, addressOf, states, notices } = await openInbox(Object.fromEntries(names.map((name) => [name, {}])))
    const script = fileURLToPath(new URL('receiving-process.ts', import.meta.url))
    const waiting = await Promise.all(
      names.map(async (name) => {
        const to = await addressOf(name)
        const from = `${name}@library.example`
        return { from, to, raw: await write({ from, to, text: 'Yes, I confirm my participation.' }) }
      }),
    )

    for (const [generation, statement] of STATEMENTS.entries()) {
      // Whatever the one before had taken is free again by now.
      const now = new Date(deps.clock.now().getTime() + generation * 2 * MINUTE).toISOString()
      const child = spawn(process.execPath, [script, deps.databaseUrl, now, String(statement)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      let isOver = false
      const ended = once(child, 'exit').then(() => {
        isOver = true
      })
      const said = await Promise.race([once(child.stdout, 'data'), ended])
      const port = /port (\d+)/.exec(String(said?.[0]))?.[1]
      // As a mail server does: what was not acknowledged is sent again.
      while (port && !isOver && waiting[0]) {
        const { accepted } = await hand(`smtp://127.0.0.1:${port}`, waiting[0])
        if (accepted) waiting.shift()
      }
      if (statement > 0) await ended
    }

    expect(waiting).toEqual([])
    const counts = await eventually('all is read', async () => {
      const { rows } = await sql<Record<string, number>>`
        select (select count(*) from incoming_messages where state = 'received') as unread,
          (select count(*) from incoming_messages) as messages, (select count(*) from confirmation_answers) as answers,
          (select count(*) from delivery_events) as events, (select count(*) from inbox_items) as items`.execute(
        deps.db,
      )
      return rows[0]?.unread === 0 ? rows[0] : undefined
    })
    const all = { messages: LETTERS, answers: LETTERS, events: LETTERS }
    expect(counts).toEqual({ ...all, unread: 0, items: 0 })
    expect(new Set(Object.values(await states()))).toEqual(new Set(['confirmed']))
    for (const name of names) expect(await notices(name)).toEqual(['confirmation_recorded'])
  },
  PATIENCE,
)
