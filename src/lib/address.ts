import { domainToASCII } from 'node:url'

/**
 * Mail addresses as people write them, normalised and checked by ourselves: the mailer below us would take
 * `a@b@c.org`. Sizes are RFC 5321 §4.5.3.1 (local part 64 octets, path 256 with its brackets, so 254 for the address),
 * the form is its Dot-string (§4.1.2), with letters of every script in the local part (RFC 6531 §3.3).
 */
export type ParsedAddress =
  | {
      ok: true
      /** All lower case, the domain in A-labels: equal text is the same mailbox to us. */
      address: string
      domain: string
      /** The local part is not ASCII: only a server that offers SMTPUTF8 takes it (RFC 6531). */
      needs_smtputf8: boolean
    }
  | { ok: false; message: string }

const LOCAL_OCTETS = 64
const ADDRESS_OCTETS = 254
const DOMAIN_OCTETS = 253
const LABEL_OCTETS = 63

/** Blanks and the invisible marks that copying from web pages and documents leaves at the ends. */
const EDGES = /^[\s\u200b\u200e\u200f\u2060\ufeff]+|[\s\u200b\u200e\u200f\u2060\ufeff]+$/gu
const CONTROLS = /\p{Cc}/u
const BLANKS = /[\s\p{Z}]/u
const INVISIBLE = /[\p{Cf}\p{Co}\p{Cs}\p{Cn}]/u
/** RFC 5322 atext, and beyond ASCII letters, marks, numbers and symbols. */
const LOCAL_CHARACTERS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u0080-\u{10ffff}-]+$/u
/** Checked before domainToASCII, which would also decode percent signs and read numbers as an IPv4 address. */
const DOMAIN_CHARACTERS = /^[A-Za-z0-9.\-\p{L}\p{M}\p{N}\u3002\uff0e\uff61\u00b7\u30fb]+$/u

/** Never throws; a failure is one sentence that a person can act on. */
export function parseAddress(text: string): ParsedAddress {
  const written = text.replace(EDGES, '')
  if (written === '') return failure('The address is missing.')
  if (CONTROLS.test(written)) return failure('The address contains a line break or another control character.')
  const bare = unwrap(written)
  if (bare === undefined) return failure('There is more than one address; write one alone.')
  if (bare === '') return failure('The address is missing.')
  return parseBare(bare)
}

/** The address within `mailto:…` or `Name <…>`; undefined when the name is another address. */
function unwrap(text: string): string | undefined {
  const named = /^([^<>]*)<([^<>]*)>$/.exec(text)
  if (named) {
    const inner = (named[2] as string).replace(EDGES, '')
    const name = (named[1] as string).replace(EDGES, '').replace(/^"|"$/g, '')
    return name.includes('@') && name.toLowerCase() !== inner.toLowerCase() ? undefined : unwrap(inner)
  }
  return /^mailto:/i.test(text) ? text.slice('mailto:'.length).split('?')[0] : text
}

function parseBare(text: string): ParsedAddress {
  const octets = Buffer.byteLength(text)
  if (octets > ADDRESS_OCTETS * 2) return tooLong(octets)
  const at = text.lastIndexOf('@')
  if (at < 0) return failure('The address has no @.')
  if (text.indexOf('@') !== at) {
    return failure(
      /[,;\s]/.test(text) ? 'There is more than one address; write one alone.' : 'The address has more than one @.',
    )
  }
  if (BLANKS.test(text)) return failure('The address contains a space.')
  if (INVISIBLE.test(text)) return failure('The address contains an invisible character.')

  const local = text.slice(0, at).normalize('NFC').toLowerCase().normalize('NFC')
  const fault = faultOfLocal(local)
  if (fault) return failure(fault)
  const domain = asciiDomain(text.slice(at + 1))
  if (!domain.ok) return domain

  const address = `${local}@${domain.name}`
  if (Buffer.byteLength(address) > ADDRESS_OCTETS) return tooLong(Buffer.byteLength(address))
  return { ok: true, address, domain: domain.name, needs_smtputf8: /[^\0-\x7f]/.test(local) }
}

function faultOfLocal(local: string): string | undefined {
  if (local === '') return 'There is nothing before the @.'
  const octets = Buffer.byteLength(local)
  if (octets > LOCAL_OCTETS) return `The part before the @ has ${octets} characters; ${LOCAL_OCTETS} are the most.`
  if (!LOCAL_CHARACTERS.test(local)) return 'The part before the @ contains a character that addresses do not have.'
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..'))
    return 'The part before the @ has a dot at its start or end, or two dots together.'
  return undefined
}

function asciiDomain(written: string): { ok: true; name: string } | { ok: false; message: string } {
  if (written === '') return failure('There is nothing after the @.')
  if (written.startsWith('[')) return failure('The part after the @ must be a domain name, not a number in brackets.')
  if (!DOMAIN_CHARACTERS.test(written))
    return failure('The part after the @ contains a character that domain names do not have.')
  const dotted = written.replace(/[\u3002\uff0e\uff61]/g, '.').toLowerCase()
  if (dotted.split('.').some((label) => label === ''))
    return failure('The part after the @ has a dot at its start or end, or two dots together.')
  if (!dotted.includes('.')) return failure('The part after the @ has no dot, such as in example.org.')
  // A purely numeric last label would be read as an IPv4 address (WHATWG URL), and is no top-level domain.
  if (/\.\p{N}+$/u.test(dotted)) return failure('The part after the @ does not end in a top-level domain.')
  const name = domainToASCII(dotted)
  if (name === '') return failure('The part after the @ is not a valid domain name.')
  const labels = name.split('.')
  if (labels.some((label) => label.length > LABEL_OCTETS) || name.length > DOMAIN_OCTETS)
    return failure('The part after the @ is too long for a domain name.')
  if (labels.some((label) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)))
    return failure('The part after the @ is not a valid domain name.')
  return { ok: true, name }
}

const failure = (message: string) => ({ ok: false, message }) as const
const tooLong = (octets: number) =>
  failure(`The address has ${octets} characters; ${ADDRESS_OCTETS} are the most (RFC 5321).`)
