/** A thread that does as the text says: gets stuck, fails, ends, or answers. */
import { parentPort } from 'node:worker_threads'

parentPort?.on('message', ({ text }: { text: string }) => {
  while (text === 'stuck');
  if (text === 'failing') throw new Error('the thread fell over')
  if (text === 'ending') process.exit(0)
  parentPort?.postMessage({ visible: text, quoted: '', guess: null })
})
parentPort?.postMessage('ready')
