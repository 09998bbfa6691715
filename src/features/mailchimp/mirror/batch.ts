import type { Batch, Operation, OperationResult } from '../../../platform/mailchimp/shapes.ts'
import type { SyncRun } from './run.ts'

/** Above so many writes of one kind a batch is used; archiving is a call for each contact, so earlier. */
export const MOST_DIRECT = 3000
export const MOST_ARCHIVED_DIRECT = 500
const MOST_OPERATIONS = 1000
const MOST_OCTETS = 4.5 * 1024 ** 2

type Bare = Omit<Operation, 'operation_id'>

/**
 * Has operations done as batches, one after the other, each small enough to be taken. `take` is given the result of each
 * operation by its number; one that has none was not done, as far as we know.
 */
export async function runBatches(
  run: SyncRun,
  operations: readonly Bare[],
  take: (at: number, result: OperationResult) => Promise<void>,
): Promise<void> {
  for (const group of groupOperations(operations)) {
    run.signal?.throwIfAborted()
    let batch: Batch = await run.mailchimp.submitBatch(group)
    for (let looks = 1; batch.status !== 'finished'; looks++) {
      await run.pause(looks)
      batch = await run.mailchimp.getBatch(batch.id)
    }
    for await (const result of run.mailchimp.eachResult(batch)) await take(Number(result.operation_id), result)
  }
}

/** By number of operations and size of the request. */
function groupOperations(operations: readonly Bare[]): Operation[][] {
  const groups: Operation[][] = []
  let octets = Number.POSITIVE_INFINITY
  for (const [at, operation] of operations.entries()) {
    const size = Buffer.byteLength(JSON.stringify(operation)) + 100
    let group = groups.at(-1)
    if (!group || octets + size > MOST_OCTETS || group.length === MOST_OPERATIONS) {
      group = []
      groups.push(group)
      octets = 0
    }
    group.push({ operation_id: String(at), ...operation })
    octets += size
  }
  return groups
}

export const isTaken = ({ status_code }: OperationResult) => status_code >= 200 && status_code < 300
