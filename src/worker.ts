import { readFile } from 'node:fs/promises'
import { limitsFromEnvironment } from './config.ts'
import type { Deps } from './deps.ts'
import { createComposer, sweepDeliveries } from './features/campaigns/index.ts'
import { ensureSender, sendDue } from './features/deliveries/index.ts'
import { importWork } from './features/imports/index.ts'
import type { Handlers } from './jobs/catalog.ts'
import { longWorkHandlers } from './jobs/long-work.ts'
import { PairpostError, wordsOf } from './lib/errors.ts'
import { forgetIdempotencyKeys } from './platform/http/idempotency.ts'
import { openInstallation } from './platform/installation.ts'
import { createDkimSigner, type DkimSigner } from './platform/mail/dkim.ts'

/** Begins to handle every job of the catalog: imports, campaigns, sending. It ends with `deps.close()`. */
export async function startWorker(deps: Deps, { smtpUrl }: { smtpUrl: string }): Promise<void> {
  const senderId = await ensureSender(deps.db, limitsFromEnvironment(deps.config))
  const installation = openInstallation({ db: deps.db, dataDir: deps.config.dataDir })
  const compose = createComposer({ ...deps, signer: await readSigner(deps.config) })

  const handlers: Handlers = {
    'send-due': async (_input, signal) => {
      try {
        await sendDue(
          {
            ...deps,
            smtpUrl,
            smtpConnections: deps.config.smtpConnections,
            mailDomain: deps.config.mailDomain,
            senderId,
            compose,
            assertMaySend: installation.assertMaySend,
          },
          signal,
        )
      } catch (error) {
        // Said once a sweep, in words; the ledger keeps everything for when a person has decided.
        if (error instanceof PairpostError && error.code === 'fenced') deps.log.error(error.message)
        else throw error
      }
    },
    'sweep-deliveries': () =>
      sweepDeliveries({ ...deps, senderId, countWaiting: async () => (await deps.queue.measure('sending')).waiting }),
    'sweep-idempotency-keys': () => forgetIdempotencyKeys(deps),
    ...longWorkHandlers(deps, importWork(deps)),
  }
  await deps.work(handlers)
}

/** The signer of DKIM_PRIVATE_KEY (PEM text, perhaps with \\n for its line breaks, or a path); none when it is not set. */
export async function readSigner({ dkim, mailDomain }: Deps['config']): Promise<DkimSigner | undefined> {
  if (!dkim) return undefined
  const { privateKey, selector } = dkim
  try {
    const pem = privateKey.includes('-----BEGIN')
      ? privateKey.replaceAll('\\n', '\n')
      : await readFile(privateKey, 'utf8')
    return createDkimSigner({ domain: mailDomain, selector, privateKey: pem })
  } catch (error) {
    throw new PairpostError('dkim_key', `The key of DKIM_PRIVATE_KEY cannot be used: ${wordsOf(error)}.`, {
      cause: error,
    })
  }
}
