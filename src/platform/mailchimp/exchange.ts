/** One request and its whole answer. The package's own transport is not used: see client.ts. */
export interface Request {
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
}

/** Why there is no whole answer: `again` is false where trying again would end the same. */
export class NoAnswer extends Error {
  readonly again: boolean
  constructor(message: string, again = true) {
    super(message)
    this.again = again
  }
}

/**
 * A redirect is an answer and not followed: it would take the key elsewhere. The connection is closed when the time
 * is over or the answer is too long.
 * @param limits.stop ends it as well: its reason is thrown
 * @throws NoAnswer in words that may be shown: nothing of the request but where it went
 */
export async function exchange(
  request: Request,
  limits: { timeoutMs: number; octets: number; stop?: AbortSignal | undefined },
): Promise<{ status: number; text: string }> {
  const { stop } = limits
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), limits.timeoutMs)
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      redirect: 'manual',
      signal: stop ? AbortSignal.any([patience.signal, stop]) : patience.signal,
    })
    return { status: response.status, text: await readText(response, limits.octets, patience) }
  } catch (error) {
    stop?.throwIfAborted()
    if (error instanceof NoAnswer) throw error
    if (patience.signal.aborted) throw new NoAnswer(`no whole answer within ${limits.timeoutMs / 1000} s`)
    throw new NoAnswer(reasonOf(error))
  } finally {
    clearTimeout(timer)
  }
}

async function readText(response: Response, octets: number, patience: AbortController): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  // Counted as unpacked: a small packed answer may be a large one.
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > octets) {
      patience.abort()
      throw new NoAnswer(`an answer of more than ${Math.round(octets / 1024 ** 2)} MB`, false)
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Only its code: the message of a failed fetch may repeat the whole address. */
export function reasonOf(error: unknown): string {
  for (let fault = error, depth = 0; fault instanceof Error && depth < 5; fault = fault.cause, depth++) {
    const { code } = fault as { code?: unknown }
    if (code === 'ENOTFOUND') return 'its name is not known (ENOTFOUND)'
    if (typeof code === 'string' && code.startsWith('Z_')) return 'what came is not whole'
    if (typeof code === 'string') return `the connection failed (${code})`
  }
  return 'the connection broke'
}
