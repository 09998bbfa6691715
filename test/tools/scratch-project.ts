import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

/** A project of these files with our packages and the named settings, to show what a tool says about them. */
export async function scratchProject(settings: string[], files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-scratch-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await symlink(resolve('node_modules'), join(folder, 'node_modules'), 'dir')
  for (const name of ['package.json', ...settings]) await copyFile(name, join(folder, name))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

/** Runs a tool of node_modules there. */
export function runTool(folder: string, name: string, ...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((done) => {
    execFile(
      resolve('node_modules/.bin', name),
      args,
      { cwd: folder, maxBuffer: 50 * 1024 * 1024 },
      (error, stdout, stderr) => done({ code: error ? Number(error.code ?? 1) : 0, out: `${stdout}${stderr}` }),
    )
  })
}
