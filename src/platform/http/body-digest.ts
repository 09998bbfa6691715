import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The SHA-256 of a request while its body flows by, whoever reads it. */
export interface BodyDigest {
  /** The hash, once the whole body has passed; undefined when it did not end in `milliseconds`. */
  finish(milliseconds: number): Promise<string | undefined>
}

/**
 * Listens beside whoever parses the body: JSON, CSV or a multipart form that is never in memory as a whole. The
 * hash is over method, path with query, media type and the octets of the body as they came. A multipart boundary
 * is left out of it: clients make a new one for each try of the same form.
 */
export function followBody(message: IncomingMessage): BodyDigest {
  const { headers, method, url } = message
  const [mediaType, boundary] = parseContentType(headers['content-type'])
  const hash = createHash('sha256').update(`${method} ${url}\n${mediaType}\n`)
  const strip = boundary === undefined ? undefined : boundaryStripper(boundary)
  let ended = hasNoBody(message)
  let result: string | undefined
  if (!ended) {
    message.on('data', (chunk: Buffer) => {
      hash.update(strip ? strip.push(chunk) : chunk)
    })
    message.once('end', () => {
      ended = true
    })
    // A listener starts the flow; the octets must wait for the parser, which resumes it.
    message.pause()
  }
  return {
    async finish(milliseconds) {
      if (!ended && !(await reachEnd(message, milliseconds))) return undefined
      result ??= hash.update(strip?.rest() ?? '').digest('hex')
      return result
    },
  }
}

/** Lets the rest pass: a parser may stop before the last octets, such as the end of a form. */
function reachEnd(message: IncomingMessage, milliseconds: number): Promise<boolean> {
  return new Promise((done) => {
    const settle = (ended: boolean) => {
      clearTimeout(timer)
      message.off('end', onEnd).off('close', onClose)
      done(ended)
    }
    const onEnd = () => settle(true)
    const onClose = () => settle(false)
    const timer = setTimeout(onClose, milliseconds)
    message.once('end', onEnd).once('close', onClose)
    message.unpipe()
    message.resume()
  })
}

/** RFC 9112 section 6.3: without either header a request has no body. */
function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
}

function parseContentType(value = ''): [mediaType: string, boundary: string | undefined] {
  const mediaType = value.split(';')[0]?.trim().toLowerCase() ?? ''
  const boundary = /;\s*boundary="?([^";]{1,70})"?/i.exec(value)?.[1]
  return [mediaType, mediaType.startsWith('multipart/') ? boundary : undefined]
}

/** The boundary may be cut by the border of two chunks: the last octets wait for the next one. */
function boundaryStripper(boundary: string) {
  let tail = ''
  return {
    push(chunk: Buffer): Buffer {
      const text = (tail + chunk.toString('latin1')).replaceAll(boundary, '')
      const cut = Math.max(0, text.length - boundary.length + 1)
      tail = text.slice(cut)
      return Buffer.from(text.slice(0, cut), 'latin1')
    },
    rest: () => Buffer.from(tail, 'latin1'),
  }
}
