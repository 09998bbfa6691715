import { Worker } from 'node:worker_threads'

/** What a thread is given, and which module it runs. */
export interface ThreadData<Data> {
  module: string
  data: Data
}

/**
 * Every thread reads its modules anew, and would take the types out of each of them again. Node's compile cache keeps
 * what came out; where it cannot be written, threads begin a little later.
 */
const BEGIN = `
require('node:module').enableCompileCache()
import(require('node:worker_threads').workerData.module)`

/**
 * A thread that runs this module, with `workerData.data` for what it is given.
 * @param youngMb how much it may make before it tidies up: left alone, each thread would spread over tens of megabytes.
 * Typed arrays do not count
 */
export function openThread<Data>(module: URL, data: Data, youngMb: number): Worker {
  const workerData: ThreadData<Data> = { module: module.href, data }
  return new Worker(BEGIN, { eval: true, workerData, resourceLimits: { maxYoungGenerationSizeMb: youngMb } })
}
