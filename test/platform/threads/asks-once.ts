import { openGuardedThread } from '../../../src/platform/threads/guarded-thread.ts'
import type { Told } from './bad-thread.ts'

/** A program that asks a thread once, and says its answer. Nothing closes the thread. */
const module = new URL('./bad-thread.ts', import.meta.url)
const thread = openGuardedThread<Told, Told>({ module, limitMs: 20_000, heapMb: 64, idleMs: 600_000 })
thread.ask({ text: 'well' }).then(({ text }) => console.log(text), console.error)
