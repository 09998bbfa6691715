import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs outside the project that some tests run for real. */
export type Program = 'redis-server' | 'smtp-sink' | 'chromium' | 'dovecot'

/** Set by .ci/run: a test that would be skipped for want of a program fails instead. */
const everythingIsThere = process.env.PAIRPOST_REQUIRE_FULL === '1'

/** The path of the program; undefined when this machine does not have it. */
export function findProgram(name: Program): string | undefined {
  // Servers live in sbin, which is often missing from the PATH of a user.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/**
 * For `test.skipIf(isMissing('redis-server'))`: skipped where the program is absent, said by the reporter. With
 * PAIRPOST_REQUIRE_FULL=1 it is never true: the test runs and fails where it starts the program.
 */
export function isMissing(name: Program): boolean {
  return !everythingIsThere && findProgram(name) === undefined
}

/** The path of the program. @throws Error naming it when this machine does not have it */
export function getProgram(name: Program): string {
  const path = findProgram(name)
  if (path === undefined) throw new Error(`This test needs the program ${name}, which is not installed.`)
  return path
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
