import { readFile } from 'node:fs/promises'
import type { Config } from './config.ts'
import { PairpostError, wordsOf } from './lib/errors.ts'
import { createDkimSigner, type DkimSigner } from './platform/mail/dkim.ts'

/** The signer of DKIM_PRIVATE_KEY (PEM text, perhaps with \\n for its line breaks, or a path); none when it is not set. */
export async function readSigner({
  dkim,
  mailDomain,
}: Pick<Config, 'dkim' | 'mailDomain'>): Promise<DkimSigner | undefined> {
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
