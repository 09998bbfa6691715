import { parentPort } from 'node:worker_threads'
import { readWords, type WordsInput } from './words.ts'

// The first text makes the tables of every language, about a second's work: a part of beginning, and no text's fault.
readWords({ text: 'Yes', html: undefined, sent: undefined, subject: '', round: [], has_meaning: true })

/** Answers each text with its words, one after the other. */
parentPort?.on('message', (input: WordsInput) => parentPort?.postMessage(readWords(input)))
