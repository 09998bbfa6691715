import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Solved {
  first_ms: number
  best_ms: number
  total: number
}

/** Compiles the program beside this file; undefined where there is no compiler or no liblemon-dev. */
export async function openLemon(
  folder: string,
): Promise<((instance: string, runs: number) => Promise<Solved>) | undefined> {
  if (!existsSync('/usr/include/lemon/matching.h')) return undefined
  const program = join(folder, 'lemon')
  const built = await run('g++', ['-O2', '-o', program, join(import.meta.dirname, 'lemon.cpp')]).then(
    () => true,
    () => false,
  )
  if (!built) return undefined
  return async (instance, runs) => JSON.parse((await run(program, [instance, String(runs)])).stdout) as Solved
}

/** Debian's python3-networkx; undefined where it is not. */
export async function openNetworkx(): Promise<((instance: string) => Promise<Solved>) | undefined> {
  const has = await run('/usr/bin/python3', ['-c', 'import networkx']).then(
    () => true,
    () => false,
  )
  if (!has) return undefined
  const script = join(import.meta.dirname, 'with_networkx.py')
  return async (instance) => JSON.parse((await run('/usr/bin/python3', [script, instance])).stdout) as Solved
}
