/** A value with parameters (RFC 2045 §5.1), such as of Content-Type. */
export interface ParameterValue {
  /** Lower case, without blanks. */
  value: string
  /** By lower-case name; continuations (RFC 2231 §3) are joined, their charset left as it stands. */
  parameters: Map<string, string>
}

/** Lenient: quotes may be missing at the end, blanks and comments anywhere. One pass over the text. */
export function parseParameters(text: string): ParameterValue {
  const [first = '', ...rest] = splitAtSemicolons(text.slice(0, 4000))
  const parameters = new Map<string, string>()
  for (const piece of rest) {
    const equals = piece.indexOf('=')
    if (equals < 0) continue
    const name = piece
      .slice(0, equals)
      .trim()
      .toLowerCase()
      .replace(/\*\d*\*?$/, '')
    parameters.set(name, (parameters.get(name) ?? '') + unquote(piece.slice(equals + 1).trim()))
  }
  return { value: first.replace(/\([^()]*\)|\s/g, '').toLowerCase(), parameters }
}

function splitAtSemicolons(text: string): string[] {
  const pieces: string[] = []
  let from = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && quoted) at++
    else if (text[at] === '"') quoted = !quoted
    else if (text[at] === ';' && !quoted) {
      pieces.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...pieces, text.slice(from)]
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text.replace(/\s.*$/s, '')
  const end = text.lastIndexOf('"')
  return text.slice(1, end > 0 ? end : undefined).replace(/\\(.)/g, '$1')
}
