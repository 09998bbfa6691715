import { createHash, createPrivateKey, createSign } from 'node:crypto'

/** Signs messages for one domain (RFC 6376), RSA-SHA256, relaxed/relaxed. */
export interface DkimSigner {
  /** The DKIM-Signature field, folded, without its last CRLF. */
  sign(fields: readonly { name: string; line: string }[], body: readonly Buffer[]): string
}

/**
 * Fields signed once more than they occur: adding a second From or Subject on the way then breaks the signature
 * (RFC 6376 §8.15).
 */
const OVERSIGNED = ['From', 'Subject']

/** @param privateKey PEM text @throws Error when it is no RSA private key */
export function createDkimSigner({
  domain,
  selector,
  privateKey,
}: {
  domain: string
  selector: string
  privateKey: string
}): DkimSigner {
  const key = createPrivateKey(privateKey)
  if (key.asymmetricKeyType !== 'rsa') throw new Error('DKIM_PRIVATE_KEY must be an RSA key.')
  return {
    sign(fields, body) {
      const names = [...fields.map((field) => field.name), ...OVERSIGNED]
      const bodyHash = createHash('sha256').update(relaxBody(body), 'latin1').digest('base64')
      const unsigned = [
        `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=${selector};`,
        `h=${names.join(':\r\n  ')};`,
        `bh=${bodyHash};`,
        'b=',
      ].join('\r\n ')
      const signed = [...fields.map((field) => relaxField(field.line)), relaxField(unsigned)].join('\r\n')
      const signature = createSign('RSA-SHA256').update(signed).sign(key, 'base64')
      return unsigned + (signature.match(/.{1,72}/g) ?? []).join('\r\n  ')
    },
  }
}

/** RFC 6376 §3.4.2: lower-case name, unfolded, runs of white space to one space, none around the colon or at the end. */
function relaxField(line: string): string {
  const colon = line.indexOf(':')
  const value = line
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()
  return `${line.slice(0, colon).toLowerCase()}:${value}`
}

/** RFC 6376 §3.4.4: white space at line ends goes, runs become one space, empty lines at the end go. */
function relaxBody(body: readonly Buffer[]): string {
  const relaxed = Buffer.concat(body)
    .toString('latin1')
    .replace(/[ \t]+/g, ' ')
    .replace(/ \r\n/g, '\r\n')
    .replace(/(\r\n)+$/, '')
  return relaxed ? `${relaxed}\r\n` : ''
}
