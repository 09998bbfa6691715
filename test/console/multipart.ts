import { randomUUID } from 'node:crypto'

export interface SentFile {
  name: string
  file_name: string
  type?: string
  content: Buffer
}

/** A form as a browser sends it with a file, in this order. */
export function encodeMultipart(parts: ([name: string, value: string] | SentFile)[]) {
  const boundary = `----${randomUUID()}`
  const head = (text: string) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${text}\r\n\r\n`)
  const chunks = parts.flatMap((part) =>
    Array.isArray(part)
      ? [head(`name="${part[0]}"`), Buffer.from(`${part[1]}\r\n`)]
      : [
          head(`name="${part.name}"; filename="${part.file_name}"\r\nContent-Type: ${part.type ?? 'image/png'}`),
          part.content,
          Buffer.from('\r\n'),
        ],
  )
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  }
}
