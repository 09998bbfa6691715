import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, PATIENCE } from '../../support/eventually.ts'
import { confirmPeople, openReceiver, openWebhook, verify } from './receiver.ts'

test('killed while an answer is under way, the next process sends it again under the same id, and nothing else twice', {
  timeout: PATIENCE,
}, async () => {
  let answers = false
  const receiver = await openReceiver((response) => {
    if (answers) response.end()
  })
  const { deps, secret, send, pass, states } = await openWebhook(receiver.url)
  await confirmPeople(deps, 6)
  const script = fileURLToPath(new URL('sending-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, deps.databaseUrl, deps.config.dataDir], { stdio: 'inherit' })
  onTestFinished(() => void child.kill('SIGKILL'))
  await eventually('four messages are under way', () => (receiver.received.length === 4 ? true : undefined))
  child.kill('SIGKILL')
  await once(child, 'exit')
  answers = true
  await send()
  // The two that nobody had taken; the four are the dead process's for a minute.
  expect(receiver.received).toHaveLength(6)
  await pass(60)
  await send()
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  expect(ids).toHaveLength(10)
  expect(new Set(ids.slice(6))).toEqual(new Set(ids.slice(0, 4)))
  for (const got of receiver.received) expect(verify(secret, got)).toMatchObject({ type: 'application.confirmed' })
  const counted = Map.groupBy(await states(), (state) => state)
  expect([...counted].map(([state, all]) => [state, all.length]).sort()).toEqual([
    ['delivered after 1: Answered 200.', 2],
    ['delivered after 2: Answered 200.', 4],
  ])
})
