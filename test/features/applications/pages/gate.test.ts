import { expect, test } from 'vitest'
import { openGate } from '../../../../src/features/applications/pages/gate.ts'

test('a few are in at a time, the others come in their order, whether those before them succeed or fail', async () => {
  const gate = openGate({ at_a_time: 2, most_waiting: 10 })
  const began: number[] = []
  const ends: (() => void)[] = []
  let inside = 0
  let most = 0
  const enter = (at: number) =>
    gate.run(async () => {
      began.push(at)
      most = Math.max(most, ++inside)
      await new Promise<void>((end) => ends.push(end))
      inside--
      if (at % 2 === 0) throw new Error(`number ${at}`)
      return at
    })
  const all = [0, 1, 2, 3, 4].map(enter)
  const ended = Promise.allSettled(all)
  for (let at = 0; at < all.length; at++) {
    ends[at]?.()
    await Promise.allSettled([all[at]])
    await Promise.resolve()
  }
  expect((await ended).map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
  ])
  expect(began).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)
  expect(await gate.run(async () => 'in again')).toBe('in again')
})

test('when too many wait already, one more is told to come back', async () => {
  const gate = openGate({ at_a_time: 1, most_waiting: 1 })
  let end: () => void = () => undefined
  const first = gate.run(() => new Promise<void>((done) => (end = done)))
  const second = gate.run(async () => 'second')
  await expect(gate.run(async () => 'third')).rejects.toMatchObject({ statusCode: 503 })
  end()
  await first
  expect(await second).toBe('second')
})
