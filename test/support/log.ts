import type { Logger } from 'pino'
import { openLog } from '../../src/platform/log.ts'

export const silentLog = openLog('silent')

/** A log that is kept: each line as it was written. */
export function keptLog(level = 'trace'): { log: Logger; lines: Record<string, unknown>[]; text(): string } {
  const written: string[] = []
  const lines: Record<string, unknown>[] = []
  const log = openLog(level, {
    write: (line) => {
      written.push(line)
      lines.push(JSON.parse(line))
    },
  })
  return { log, lines, text: () => written.join('') }
}
