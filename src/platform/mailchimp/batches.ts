import { brokenAnswer, countIn, type Json, objectOf, oneOf, textOf, wordsIn } from './answers.ts'
import { eachResultOf } from './results.ts'
import type { Batch, Mailchimp } from './shapes.ts'
import type { Vendor } from './vendor.ts'

const MOST_OPERATIONS = 1000
const STATUSES = ['pending', 'preprocessing', 'started', 'finalizing', 'finished'] as const
const FIELDS = ['id', 'status', 'total_operations', 'finished_operations', 'errored_operations', 'response_body_url']

/** Many calls in one, done there in their own time. */
export function batchCalls({ batches }: Vendor, options: { mayBePlain: boolean; timeoutMs: number }) {
  return {
    submitBatch: async (operations) => {
      if (operations.length > MOST_OPERATIONS) throw new RangeError(`Mailchimp takes ${MOST_OPERATIONS} operations`)
      return readBatch(objectOf(await batches.start({ operations }), 'batch'))
    },
    getBatch: async (batch_id) => readBatch(objectOf(await batches.status(batch_id, { fields: FIELDS }), 'batch')),
    eachResult: ({ response_body_url }) => {
      if (response_body_url === null) throw brokenAnswer('a batch without its results')
      return eachResultOf(response_body_url, options)
    },
  } satisfies Partial<Mailchimp>
}

function readBatch(row: Json): Batch {
  return {
    id: textOf(row.id, 'id of a batch'),
    status: oneOf(row.status, STATUSES, 'status of a batch'),
    total_operations: countIn(row.total_operations),
    finished_operations: countIn(row.finished_operations),
    errored_operations: countIn(row.errored_operations),
    response_body_url: wordsIn(row.response_body_url) || null,
  }
}
