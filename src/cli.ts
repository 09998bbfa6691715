import { parseArgs } from 'node:util'
import { BadConfig, readConfig } from './config.ts'
import { PairpostError, wordsOf } from './lib/errors.ts'
import { ROLES } from './lib/permissions.ts'
import type { ProcessRole } from './service.ts'

const USAGE = `pairpost <command>

  start                          the whole service in one process
  web | worker | inbound         one part of it, to run on as many machines as wanted; inbound takes incoming mail
  demo [--exit]                  a made-up round, imported and sent to the built-in mailbox
  migrate                        bring the database up to date
  doctor                         what is configured, and what would fail, in words
  token create --role R --name N an API token (${ROLES.join(', ')})
  sign-in [--address A]          a one-time link into the console, for a director or whoever has this address
  match --scores FILE [--json]   the best pairs for a CSV file of a,b,score (- is the standard input);
        [--policy P]             P: floor (as is), total or balanced
  adopt                          this database is the real one: let this machine send from it

Exit codes: 0 done, 1 failed, 2 usage. Settings come from the environment and .env; .env.example lists them.
`

class Usage extends Error {}

/** Each command loads what it needs after its words and settings were found right: a mistake is told at once. */
async function main(args: string[]): Promise<void> {
  const { positionals, values } = parse(args)
  const [command, action] = positionals
  if (values.help || command === 'help') return console.log(USAGE)
  if (positionals.length > (command === 'token' ? 2 : 1)) throw new Usage(`${command} takes no ${positionals.at(-1)}`)
  switch (command) {
    case 'start':
    case 'web':
    case 'worker':
    case 'inbound':
      return serve(command)
    case 'demo': {
      const config = readConfig()
      return (await import('./demo/run.ts')).runDemo(config, { exit: values.exit ?? false })
    }
    case 'migrate': {
      const config = readConfig()
      return (await import('./commands.ts')).migrateDatabase(config)
    }
    case 'doctor': {
      const config = readConfig()
      process.exitCode = (await (await import('./doctor.ts')).runDoctor(config)) ? 0 : 1
      return
    }
    case 'adopt': {
      const config = readConfig()
      return (await import('./commands.ts')).adopt(config)
    }
    case 'sign-in': {
      const config = readConfig()
      return (await import('./commands.ts')).printSignInLink(config, { address: values.address })
    }
    case 'token': {
      const role = ROLES.find((known) => known === values.role)
      const name = values.name?.trim()
      if (action !== 'create' || !role || !name) throw new Usage('token create needs --role and --name')
      const config = readConfig()
      return (await import('./commands.ts')).createToken(config, { role, name })
    }
    case 'match': {
      const { POLICIES, runMatch } = await import('./match-command/index.ts')
      const policy = POLICIES.find((known) => known === (values.policy ?? 'floor'))
      if (!values.scores || !policy)
        throw new Usage(`match needs --scores, and knows the policies ${POLICIES.join(', ')}`)
      return runMatch({ scores: values.scores, policy, json: values.json ?? false })
    }
    default:
      throw new Usage(command ? `There is no command ${command}` : 'Which command?')
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        exit: { type: 'boolean' },
        role: { type: 'string' },
        name: { type: 'string' },
        address: { type: 'string' },
        scores: { type: 'string' },
        policy: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new Usage(wordsOf(error))
  }
}

async function serve(role: ProcessRole): Promise<void> {
  const config = readConfig()
  const { endOnSignals, startService } = await import('./service.ts')
  const { printFirstSignIn } = await import('./features/staff/index.ts')
  const starting = startService(config, role)
  // At once: whoever ends us while we start gets an orderly end too.
  endOnSignals(async () => (await starting.catch(() => undefined))?.close())
  const { deps, url } = await starting
  if (role === 'start' && url) {
    console.log(`Pairpost listens on ${url}`)
    if (!config.smtpUrl) console.log(`No SMTP_URL is set: nothing leaves this machine. Messages: ${url}/mailbox`)
    const link = await printFirstSignIn({ ...deps, config: { publicUrl: url } })
    console.log(
      link
        ? `Sign in, once, within a day: ${link}`
        : `The console: ${url}/console   (locked out? npm run pairpost -- sign-in prints a link)`,
    )
    console.log(`API: ${url}/api/docs, with a token from: npm run pairpost -- token create --role director --name me`)
  }
  deps.log.info({ role, url }, 'started')
}

/** One clear line for what can go wrong outside of us; the whole error for what is our own fault. */
function fail(error: unknown): void {
  if (error instanceof Usage) {
    console.error(`${error.message}\n\n${USAGE}`)
    process.exit(2)
  }
  // The system's own words, such as "EACCES: permission denied, mkdir '/data'", are clear enough.
  const isSystem = typeof (error as NodeJS.ErrnoException).syscall === 'string'
  console.error(error instanceof PairpostError || error instanceof BadConfig || isSystem ? wordsOf(error) : error)
  process.exit(1)
}

await main(process.argv.slice(2)).catch(fail)
