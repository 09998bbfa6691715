import { expect, onTestFinished, test, vi } from 'vitest'
import { repeat } from '../../../src/platform/queue/repeat.ts'

function useFakeTime(): void {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
}

test('a task runs at once and then in its rhythm, also after a failure', async () => {
  useFakeTime()
  const faults: unknown[] = []
  let runs = 0
  const task = async () => {
    runs++
    if (runs === 2) throw new Error('away')
  }
  const repeated = repeat(1000, task, (error) => faults.push(error))
  expect(runs).toBe(1)
  await vi.advanceTimersByTimeAsync(3000)
  expect(runs).toBe(4)
  expect(faults).toHaveLength(1)
  await repeated.stop()
  await vi.advanceTimersByTimeAsync(3000)
  expect(runs).toBe(4)
})

test('a task that takes longer than its rhythm does not meet itself, and stopping waits for it', async () => {
  useFakeTime()
  let running = 0
  let most = 0
  const task = async () => {
    most = Math.max(most, ++running)
    await new Promise((done) => setTimeout(done, 2500))
    running--
  }
  const repeated = repeat(1000, task, () => undefined)
  await vi.advanceTimersByTimeAsync(4000)
  const stopped = repeated.stop()
  expect(running).toBe(1)
  await vi.advanceTimersByTimeAsync(2500)
  await stopped
  expect([running, most]).toEqual([0, 1])
})
