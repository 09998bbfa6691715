import { parseArgs } from 'node:util'
import { adopt, createToken, migrateDatabase } from './commands.ts'
import { BadConfig, readConfig } from './config.ts'
import { runDemo } from './demo.ts'
import { runDoctor } from './doctor.ts'
import { PairpostError, wordsOf } from './lib/errors.ts'
import { ROLES } from './lib/permissions.ts'
import { endOnSignals, type ProcessRole, startService } from './service.ts'

const USAGE = `pairpost <command>

  start                          the whole service in one process
  web | worker                   one part of it, to run on as many machines as wanted
  demo [--exit]                  a made-up round, imported and sent to the built-in mailbox
  migrate                        bring the database up to date
  doctor                         what is configured, and what would fail, in words
  token create --role R --name N an API token (${ROLES.join(', ')})
  adopt                          this database is the real one: let this machine send from it
  inbound                        incoming mail; comes with a later release
`

class Usage extends Error {}

/** Exit codes: 0 done, 1 failed with one clear line, 2 usage. */
async function main(args: string[]): Promise<void> {
  const { positionals, values } = parse(args)
  const [command, action] = positionals
  switch (command) {
    case 'start':
    case 'web':
    case 'worker':
      return serve(command)
    case 'demo':
      return runDemo(readConfig(), { exit: values.exit ?? false })
    case 'migrate':
      return migrateDatabase(readConfig())
    case 'doctor':
      process.exitCode = (await runDoctor(readConfig())) ? 0 : 1
      return
    case 'adopt':
      return adopt(readConfig())
    case 'token': {
      const role = ROLES.find((known) => known === values.role)
      if (action !== 'create' || !role || !values.name) throw new Usage('token create needs --role and --name')
      return createToken(readConfig(), { role, name: values.name })
    }
    case 'inbound':
      throw new PairpostError('not_available', 'Incoming mail comes with a later release; there is no inbound process yet.')
    default:
      throw new Usage(command ? `There is no command ${command}` : 'Which command?')
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { exit: { type: 'boolean' }, role: { type: 'string' }, name: { type: 'string' } },
    })
  } catch (error) {
    throw new Usage(wordsOf(error))
  }
}

async function serve(role: ProcessRole): Promise<void> {
  const config = readConfig()
  const service = await startService(config, role)
  endOnSignals(service.close)
  service.deps.log.info({ role, url: service.url }, 'started')
  if (role === 'start' && service.url) {
    console.log(`Pairpost listens on ${service.url}`)
    if (!config.smtpUrl) console.log(`No SMTP_URL is set: nothing leaves this machine. Messages: ${service.url}/mailbox`)
    console.log(`API: ${service.url}/api/docs, with a token from: npm run pairpost -- token create --role director --name me`)
  }
}

function fail(error: unknown): void {
  if (error instanceof Usage) {
    console.error(`${error.message}\n\n${USAGE}`)
    process.exit(2)
  }
  const expected = error instanceof PairpostError || error instanceof BadConfig || (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  console.error(expected ? wordsOf(error) : error)
  process.exit(1)
}

await main(process.argv.slice(2)).catch(fail)
