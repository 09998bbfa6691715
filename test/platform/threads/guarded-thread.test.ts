import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type GuardedThread,
  type GuardedThreadSettings,
  openGuardedThread,
} from '../../../src/platform/threads/guarded-thread.ts'
import type { Told } from './bad-thread.ts'

interface Said {
  text: string
  times: number
}

const BAD = new URL('./bad-thread.ts', import.meta.url)
const MISSING = new URL('./no-such-thread.ts', import.meta.url)
const LONG_MS = 20_000
const opened: GuardedThread<Told, Said>[] = []

function open(settings: Partial<GuardedThreadSettings> = {}): GuardedThread<Told, Said> {
  const thread = openGuardedThread<Told, Said>({ module: BAD, limitMs: LONG_MS, heapMb: 64, ...settings })
  opened.push(thread)
  return thread
}

afterEach(() => Promise.all(opened.splice(0).map((thread) => thread.close())))

/** Every thread that begins during the test. */
function watchThreads(): Worker[] {
  const workers: Worker[] = []
  const see = (worker: Worker) => void workers.push(worker)
  process.on('worker', see)
  onTestFinished(() => void process.off('worker', see))
  return workers
}

/** Timers that the test moves by hand. */
function holdTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

describe('a guarded thread', () => {
  test('begins with the first question, and answers all of them in their order', async () => {
    const workers = watchThreads()
    const thread = open()
    expect(workers).toHaveLength(0)
    const texts = Array.from({ length: 200 }, (_, at) => `text ${at}`)
    const said = await Promise.all(texts.map((text) => thread.ask({ text })))
    expect(said).toEqual(texts.map((text, at) => ({ text, times: at + 1 })))
    expect(workers).toHaveLength(1)
  })

  test('that gives no answer in time costs that question and no other', async () => {
    const thread = open({ limitMs: 300 })
    const [stuck, next] = await Promise.allSettled([thread.ask({ text: 'stuck' }), thread.ask({ text: 'well' })])
    expect(stuck).toMatchObject({
      reason: { code: 'late', message: 'The thread gave no answer within 300 ms.' },
    })
    expect(next).toMatchObject({ value: { text: 'well', times: 1 } })
  })

  test.each([
    ['failing', 'failed'],
    ['greedy', 'no_memory'],
    ['ending', 'ended'],
  ])('%s is replaced, and says that it %s', async (text, code) => {
    const workers = watchThreads()
    const thread = open()
    const [bad, next] = await Promise.allSettled([thread.ask({ text }), thread.ask({ text: 'well' })])
    expect(bad).toMatchObject({ reason: { name: 'ThreadFault', code } })
    expect(next).toMatchObject({ value: { text: 'well', times: 1 } })
    expect(workers).toHaveLength(2)
  })

  test('that cannot begin says so every time, with what it met', async () => {
    const thread = open({ module: MISSING })
    for (const text of ['once', 'again'])
      await expect(thread.ask({ text })).rejects.toMatchObject({
        code: 'not_begun',
        cause: { message: expect.stringContaining('no-such-thread') },
      })
  })

  test('that falls over while nobody waits costs no question', async () => {
    const workers = watchThreads()
    const thread = open()
    expect(await thread.ask({ text: 'failing later' })).toMatchObject({ times: 1 })
    await vi.waitFor(() => expect(workers[0]?.threadId).toBe(-1), { timeout: LONG_MS })
    expect(await thread.ask({ text: 'well' })).toEqual({ text: 'well', times: 1 })
  })

  test('is not blamed when the process that asked was busy itself', async () => {
    const thread = open({ limitMs: 400 })
    await thread.ask({ text: 'well' })
    // After immediates the event loop looks at its timers first, and at messages later.
    await new Promise(setImmediate)
    const asked = thread.ask({ text: 'well' })
    // The question goes out within these.
    for (let turn = 0; turn < 20; turn++) await undefined
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
    expect(await asked).toEqual({ text: 'well', times: 2 })
  })

  test('takes what is handed over, and refuses what cannot be without harm', async () => {
    const thread = open()
    const octets = new Uint8Array(1000)
    expect(await thread.ask({ text: 'well', octets }, [octets.buffer])).toMatchObject({ times: 1 })
    expect(octets.byteLength).toBe(0)
    await expect(thread.ask({ text: (() => 'a function') as unknown as string })).rejects.toThrow(/clone/i)
    expect(await thread.ask({ text: 'well' })).toMatchObject({ times: 2 })
  })

  test('ends when nothing was asked for a while, and begins anew', async () => {
    const workers = watchThreads()
    holdTimers()
    const thread = open({ idleMs: 5000 })
    await thread.ask({ text: 'well' })
    vi.advanceTimersByTime(4999)
    expect(await thread.ask({ text: 'well' })).toMatchObject({ times: 2 })
    vi.advanceTimersByTime(4999)
    expect(await thread.ask({ text: 'well' })).toMatchObject({ times: 3 })
    const ended = once(workers[0] as Worker, 'exit')
    vi.advanceTimersByTime(5000)
    await ended
    expect(await thread.ask({ text: 'well' })).toMatchObject({ times: 1 })
    expect(workers).toHaveLength(2)
  })

  test('keeps neither timers nor listeners of what it was asked', async () => {
    const workers = watchThreads()
    holdTimers()
    const thread = open({ idleMs: 5000 })
    const count = () => ['message', 'error', 'exit'].map((event) => workers[0]?.listenerCount(event))
    await thread.ask({ text: 'well' })
    const first = count()
    for (let at = 0; at < 50; at++) await thread.ask({ text: 'well' })
    expect(count()).toEqual(first)
    expect(vi.getTimerCount()).toBe(1)
    await expect(thread.ask({ text: 'failing' })).rejects.toThrow('fell over')
    expect(vi.getTimerCount()).toBe(0)
    await thread.ask({ text: 'well' })
    await thread.close()
    expect(vi.getTimerCount()).toBe(0)
    expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1])
  })

  test('that is closed answers whoever waits with an error, and everybody after', async () => {
    const workers = watchThreads()
    const thread = open()
    await thread.ask({ text: 'well' })
    const refused = ['stuck', 'well', 'well'].map((text) => expect(thread.ask({ text })).rejects.toThrow('is closed'))
    await new Promise(setImmediate)
    await thread.close()
    await Promise.all(refused)
    await expect(thread.ask({ text: 'well' })).rejects.toThrow('is closed')
    await thread.close()
    expect(workers).toHaveLength(1)
  })

  test.each([
    ['before it began', false],
    ['while it begins', true],
  ])('can be closed %s', async (_, asks) => {
    const thread = open()
    const refused = asks ? expect(thread.ask({ text: 'well' })).rejects.toThrow('is closed') : undefined
    for (let turn = 0; turn < 20; turn++) await undefined
    await thread.close()
    await refused
  })

  test('keeps a process alive while somebody waits, and no longer', async () => {
    const program = fileURLToPath(new URL('./asks-once.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 20_000 })
    expect(stdout).toBe('well\n')
  })
})
