import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { Upstream } from '../../lib/errors.ts'
import { brokenAnswer, countOf, objectOf, parseJson, textOf } from './answers.ts'
import { eachElement } from './elements.ts'
import { reasonOf } from './exchange.ts'
import type { OperationResult } from './shapes.ts'
import { stopSignal } from './stop.ts'

const LONGEST_PACKED = 512 * 1024 ** 2
const LONGEST_UNPACKED = 4 * 1024 ** 3
/** The answer to 500 contacts written is about 1 MB. */
const LONGEST_RESULT = 32 * 1024 ** 2

/**
 * The results of a batch: a packed archive (.tar.gz) of arrays, each of some results, kept by a store of files and not
 * by the API. So the key is not sent, and no redirect followed.
 * @param options.mayBePlain http is allowed: for tests
 * @param options.timeoutMs for the whole of it
 */
export async function* eachResultOf(
  url: string,
  options: { mayBePlain: boolean; timeoutMs: number },
): AsyncGenerator<OperationResult> {
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' }
  if (protocol !== 'https:' && !(options.mayBePlain && protocol === 'http:')) {
    throw brokenAnswer('results of a batch at an address that is not https')
  }
  const stop = stopSignal()
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), options.timeoutMs)
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: stop ? AbortSignal.any([patience.signal, stop]) : patience.signal,
    })
    if (!response.ok) throw unread(`it answered ${response.status}`)
    const packed = Readable.from(limited(response.body ?? [], LONGEST_PACKED))
    yield* unpack(packed)
  } catch (error) {
    stop?.throwIfAborted()
    if (error instanceof Upstream) throw error
    if (patience.signal.aborted) throw unread(`it took longer than ${options.timeoutMs / 1000} s`)
    throw unread(error instanceof SyntaxError ? `it is not whole: ${error.message}` : reasonOf(error))
  } finally {
    clearTimeout(timer)
    // Whoever stopped reading early leaves no connection behind.
    patience.abort()
  }
}

async function* unpack(packed: Readable): AsyncGenerator<OperationResult> {
  const gunzip = createGunzip()
  const archive = extract()
  packed.on('error', (error) => gunzip.destroy(error))
  gunzip.on('error', (error) => archive.destroy(error))
  const plain = Readable.from(limited(gunzip, LONGEST_UNPACKED))
  plain.on('error', (error) => archive.destroy(error))
  packed.pipe(gunzip)
  plain.pipe(archive)
  try {
    for await (const entry of archive) {
      if (entry.header.type !== 'file') {
        entry.resume()
        continue
      }
      for await (const element of eachElement(entry as AsyncIterable<Uint8Array>, LONGEST_RESULT))
        yield readResult(element)
    }
  } finally {
    packed.destroy()
    gunzip.destroy()
    archive.destroy()
  }
}

async function* limited(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  octets: number,
): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const part of parts) {
    length += part.length
    if (length > octets) throw new SyntaxError('it is too long')
    yield part
  }
}

function readResult(element: unknown): OperationResult {
  const row = objectOf(element, 'result of a batch')
  const response = row.response
  return {
    operation_id: textOf(row.operation_id, 'operation_id'),
    status_code: countOf(row.status_code, 'status_code'),
    // The answer itself comes as JSON in a text; one without content as an empty one.
    response: typeof response === 'string' ? parse(response) : response,
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : parseJson(text)
  } catch {
    return null
  }
}

function unread(reason: string): Upstream {
  return new Upstream(
    'mailchimp_unreachable',
    `The results of a batch cannot be read: ${reason}. They are asked for again later.`,
    { retryable: true },
  )
}
