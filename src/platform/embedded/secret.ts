import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TokenKeys, tokenKeys } from '../../lib/tokens.ts'

/**
 * The keys that sign tokens: SECRET_KEY (the newest first, older ones after commas), else one made on the first
 * start and kept in DATA_DIR. Losing it breaks every link and reply address that was ever mailed.
 */
export async function readTokenKeys(config: { secretKey: string | undefined; dataDir: string }): Promise<TokenKeys> {
  if (config.secretKey) return tokenKeys(config.secretKey.split(',').map((key) => key.trim()))
  const file = join(config.dataDir, 'secret.key')
  const draft = `${file}.${process.pid}.new`
  try {
    // Linking is all or nothing: of two processes that start at once, both read the whole key of one of them.
    await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 })
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  return tokenKeys([await readFile(file, 'utf8')])
}
