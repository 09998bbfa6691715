import { buffer } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import type { Account, Batch } from './account.ts'
import { writeTime } from './account.ts'
import {
  type Answer,
  badRequest,
  bodyOf,
  type Call,
  done,
  type Handler,
  invalid,
  notFound,
  ok,
  pageOf,
  problem,
} from './answers.ts'

const MOST_OPERATIONS = 1000
const MOST_OPEN = 500
/** Results of so many operations are in one file of the archive. */
const FILE_OF = 250

export interface Operation {
  method: string
  path: string
  operation_id?: string
  body?: string
  params?: Record<string, unknown>
}

/** Runs one operation; set by whoever opens the account, as operations go through the same handlers as calls. */
export type RunOperation = (operation: Operation) => Promise<Answer>

interface Runner {
  run: RunOperation
  held: Batch[]
  working: Set<Promise<void>>
  isClosed: boolean
}

const runners = new WeakMap<Account, Runner>()

/** Lets batches of the account run. */
export function openBatches(account: Account, run: RunOperation): { done(): Promise<void>; close(): Promise<void> } {
  const runner: Runner = { run, held: [], working: new Set(), isClosed: false }
  runners.set(account, runner)
  const ended = async () => {
    while (runner.working.size > 0) await Promise.all(runner.working)
  }
  return {
    done: () => {
      for (const batch of runner.held.splice(0)) begin(account, runner, batch)
      return ended()
    },
    close: () => {
      runner.isClosed = true
      return ended()
    },
  }
}

function begin(account: Account, runner: Runner, batch: Batch): void {
  const work = workOn(account, batch, runner).finally(() => runner.working.delete(work))
  runner.working.add(work)
}

export const submitBatch: Handler = ({ account, body }) => {
  const operations = bodyOf({ body }).operations
  if (!Array.isArray(operations)) return invalid('operations', 'This value should be of type array.')
  if (operations.length > MOST_OPERATIONS) return badRequest(`A batch may hold at most ${MOST_OPERATIONS} operations.`)
  const open = [...account.batches.values()].filter(({ status }) => status !== 'finished')
  if (open.length >= MOST_OPEN)
    return problem(429, 'Too Many Requests', `You have more than ${MOST_OPEN} pending batches.`)
  const batch: Batch = {
    ...{ id: account.nextId(), status: 'pending', operations, finished: 0, errored: 0 },
    ...{ submitted_at: account.clock.now(), completed_at: undefined, results: undefined },
  }
  account.batches.set(batch.id, batch)
  const runner = runners.get(account)
  if (runner && account.options.batchesHeld) runner.held.push(batch)
  else if (runner) begin(account, runner, batch)
  return ok(present(account, batch))
}

async function workOn(account: Account, batch: Batch, runner: Runner): Promise<void> {
  const archive = pack()
  // Packed as it grows, so that nothing waits for the whole.
  const packed = buffer(archive.pipe(createGzip({ level: 1 })))
  archive.entry({ name: '/', type: 'directory' })
  let results: unknown[] = []
  let file = 0
  const writeFile = () => {
    if (results.length > 0) archive.entry({ name: `/${batch.id}_${file++}.json` }, JSON.stringify(results))
    results = []
  }
  for (const operation of batch.operations as unknown as Operation[]) {
    // A turn of the loop for each: callers may look at a batch while it runs.
    await new Promise((resolve) => setImmediate(resolve))
    if (runner.isClosed) break
    batch.status = 'started'
    const { status, body } = await runner.run(operation)
    const response = body === undefined ? '' : JSON.stringify(body)
    results.push({ status_code: status, operation_id: operation.operation_id ?? '', response })
    batch.finished++
    if (status >= 400) batch.errored++
    if (results.length >= FILE_OF) writeFile()
  }
  batch.status = 'finalizing'
  writeFile()
  archive.finalize()
  batch.results = await packed
  batch.operations = batch.operations.map(() => ({}))
  batch.completed_at = account.clock.now()
  batch.status = 'finished'
}

const withBatch =
  (handle: (call: Call, batch: Batch) => Answer): Handler =>
  (call) => {
    const batch = call.account.batches.get(call.ids.batch_id ?? '')
    return batch ? handle(call, batch) : notFound()
  }

export const getBatch = withBatch((call, batch) => ok(present(call.account, batch)))

export const deleteBatch = withBatch((call, batch) => {
  call.account.batches.delete(batch.id)
  return done
})

export const listBatches: Handler = (call) =>
  pageOf(call, 'batches', [...call.account.batches.values()].reverse(), (batch) => present(call.account, batch))

/** The archive of a finished batch: gzip of tar of JSON files, each with several results. */
export const readResults = (account: Account, batch_id: string): Buffer | undefined =>
  account.batches.get(batch_id)?.results

function present(account: Account, batch: Batch) {
  return {
    id: batch.id,
    status: batch.status,
    total_operations: batch.operations.length,
    finished_operations: batch.finished,
    errored_operations: batch.errored,
    submitted_at: writeTime(batch.submitted_at),
    completed_at: writeTime(batch.completed_at),
    response_body_url: batch.results ? `${account.origin}/results/${batch.id}.tar.gz` : '',
  }
}
