import { BEAT_EVERY_MS, beat, recordStopped, registerWorker } from './run-queries.ts'
import { readTrouble } from './sender-queries.ts'
import { createSendingRun, type SendDeps } from './sending-run.ts'
import { noticeOutage } from './sweep.ts'
import { nameThisMachine } from './this-machine.ts'

/**
 * One sending run: claims what is due and hands it over, until nothing is due, the budget is used up, the server
 * cannot be used, or `signal` asks to stop. Any number of runs may go on at once, in any number of processes.
 */
export async function sendDue(deps: SendDeps, signal: AbortSignal): Promise<void> {
  await deps.assertMaySend()
  await noticeOutage(deps.db, deps.clock.now())
  const trouble = await readTrouble(deps.db, deps.senderId)
  if (trouble.wait_ms > 0) return
  const workerId = await registerWorker(deps.db, nameThisMachine(), process.pid)
  const stop = new AbortController()
  const beating = setInterval(() => {
    // A run that cannot beat is taken for lost: it stops beginning before anybody takes over.
    Promise.all([beat(deps.db, workerId), deps.assertMaySend()]).then(
      ([alive]) => alive || stop.abort(),
      () => stop.abort(),
    )
  }, BEAT_EVERY_MS)
  const run = createSendingRun(
    deps,
    { workerId, inTrouble: trouble.in_trouble },
    AbortSignal.any([signal, stop.signal]),
  )
  try {
    await run.work()
  } finally {
    clearInterval(beating)
    await run.end()
    await recordStopped(deps.db, workerId).catch((error) => deps.log.warn({ err: error }, 'run not signed off'))
  }
}
