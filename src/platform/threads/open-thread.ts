import { Worker } from 'node:worker_threads'

/** What a thread finds in its `workerData`. */
export interface ThreadData<Data> {
  module: string
  data: Data
  saysReady: boolean
}

interface ThreadSettings<Data> {
  data: Data
  /**
   * How much it may make before it tidies up: left alone, each thread would spread over tens of megabytes. Typed arrays
   * do not count.
   */
  youngMb: number
  /** How much it may keep before it is ended. Typed arrays do not count. */
  heapMb?: number
  /** Its first message is then `'ready'`, once its module has been read whole. */
  saysReady?: boolean
}

/**
 * Every thread reads its modules anew, and would take the types out of each of them again. Node's compile cache keeps
 * what came out; where it cannot be written, threads begin a little later.
 */
const BEGIN = `
require('node:module').enableCompileCache()
import(require('node:worker_threads').workerData.module).then(() => {
  const { workerData, parentPort } = require('node:worker_threads')
  if (workerData.saysReady) parentPort.postMessage('ready')
})`

/** A thread that runs this module, with `workerData.data` for what it is given. */
export function openThread<Data>(
  module: URL,
  { data, youngMb, heapMb, saysReady = false }: ThreadSettings<Data>,
): Worker {
  const workerData: ThreadData<Data> = { module: module.href, data, saysReady }
  return new Worker(BEGIN, {
    eval: true,
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: youngMb, maxOldGenerationSizeMb: heapMb },
  })
}
