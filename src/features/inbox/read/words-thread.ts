import { parentPort } from 'node:worker_threads'
import { readWords, type WordsInput } from './words.ts'

/** Answers each text with its words, one after the other. */
parentPort?.on('message', (input: WordsInput) => parentPort?.postMessage(readWords(input)))
