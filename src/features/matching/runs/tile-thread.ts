import { parentPort, workerData } from 'node:worker_threads'
import { openTiles, type PackedProblem } from '../solve/index.ts'

/** The thread of tile-threads.ts: it knows one run, and answers its tiles one after the other. */
const answerTile = openTiles(workerData as PackedProblem)

export interface TileQuestion {
  question: Uint8Array
  tile: number
}

parentPort?.on('message', ({ question, tile }: TileQuestion) => {
  parentPort?.postMessage(answerTile(question, tile))
})
