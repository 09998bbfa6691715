import { expect, test } from 'vitest'
import { openMemory } from '../../src/lib/remember.ts'

function openWithClock(most?: number) {
  const clock = { now: 0 }
  return { clock, memory: openMemory(() => clock.now, most) }
}

test('an answer is read once while it is fresh, and again when it is old', async () => {
  const { clock, memory } = openWithClock()
  let reads = 0
  const read = async () => ++reads
  expect(await memory.remember('a', 1000, read)).toBe(1)
  clock.now = 999
  expect(await memory.remember('a', 1000, read)).toBe(1)
  clock.now = 1000
  expect(await memory.remember('a', 1000, read)).toBe(2)
  expect(await memory.remember('b', 1000, read)).toBe(3)
})

test('of many who ask at once one reads, however long it takes', async () => {
  const { clock, memory } = openWithClock()
  let reads = 0
  let answer: (value: string) => void = () => undefined
  const read = () => {
    reads++
    return new Promise<string>((done) => {
      answer = done
    })
  }
  const first = memory.remember('a', 1000, read)
  clock.now = 60_000
  const second = memory.remember('a', 1000, read)
  answer('read')
  expect(await Promise.all([first, second])).toEqual(['read', 'read'])
  expect(reads).toBe(1)
  // Its age counts from when it was there.
  await memory.remember('a', 1000, read)
  expect(reads).toBe(1)
})

test('a failure is told to all who waited and kept for nobody', async () => {
  const { memory } = openWithClock()
  let fails = true
  const read = async () => {
    if (fails) throw new Error('away')
    return 'here'
  }
  const both = await Promise.allSettled([memory.remember('a', 1000, read), memory.remember('a', 1000, read)])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  expect(await memory.remember('a', 1000, read)).toBe('here')
})

test('the oldest answers make room: it never grows without end', async () => {
  const { memory } = openWithClock(2)
  let reads = 0
  const read = async () => ++reads
  for (const key of ['a', 'b', 'c']) await memory.remember(key, 1000, read)
  expect(await memory.remember('c', 1000, read)).toBe(3)
  expect(await memory.remember('b', 1000, read)).toBe(2)
  expect(await memory.remember('a', 1000, read)).toBe(4)
})

test('what took long to read is kept ten times as long', async () => {
  const { clock, memory } = openWithClock()
  let reads = 0
  const read = async () => {
    clock.now += 700
    return ++reads
  }
  await memory.rememberCostly('a', 1000, read)
  clock.now += 6999
  expect(await memory.rememberCostly('a', 1000, read)).toBe(1)
  clock.now += 1
  expect(await memory.rememberCostly('a', 1000, read)).toBe(2)
})

test('a live figure that is asked for again and again is read behind the back of who asks, and never too old', async () => {
  const { clock, memory } = openWithClock()
  let reads = 0
  const ask = () => memory.rememberLive('a', 1000, async () => ++reads)
  expect(await ask()).toBe(1)
  clock.now = 500
  expect([await ask(), reads]).toEqual([1, 1])
  clock.now = 600
  expect(await ask()).toBe(1)
  await Promise.resolve()
  expect([await ask(), reads]).toEqual([2, 2])
  clock.now = 1500
  expect(await ask()).toBe(2)
  clock.now = 2600
  expect(await ask()).toBe(4)
})

test('a live figure that cannot be read again stays until its time is over, and then says so', async () => {
  const { clock, memory } = openWithClock()
  let fails = false
  const ask = () => memory.rememberLive('a', 1000, async () => (fails ? Promise.reject(new Error('away')) : 'here'))
  await ask()
  fails = true
  clock.now = 900
  expect(await ask()).toBe('here')
  expect(await ask()).toBe('here')
  clock.now = 1000
  await expect(ask()).rejects.toThrow('away')
})
