import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenKeys } from '../../lib/tokens.ts'

/**
 * The keys that sign tokens: SECRET_KEY (the newest first, older ones after commas), else one made on the first
 * start and kept in DATA_DIR. Losing it breaks every link and reply address that was ever mailed.
 */
export async function readTokenKeys(config: { secretKey: string | undefined; dataDir: string }): Promise<TokenKeys> {
  if (config.secretKey) return config.secretKey.split(',').map((key) => key.trim()) as unknown as TokenKeys
  const file = join(config.dataDir, 'secret.key')
  try {
    // wx: of two processes that start at once, one writes and the other reads what it wrote.
    await writeFile(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return [await readFile(file, 'utf8')]
}
