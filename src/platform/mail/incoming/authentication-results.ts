import { FIELD_OCTETS } from './caps.ts'
import type { Field } from './fields.ts'

/** What another server of ours found (RFC 8601): by method, its result and the domain that it holds for. */
export type HeaderResults = Map<string, { result: string; domain: string }>

/**
 * Reads Authentication-Results of one authserv-id only: anybody may write such a field, and the server at the border has
 * to take away those that bear its name (RFC 8601 §5). So only the topmost and those right below it count: what stands
 * further down came in with the message.
 */
export function readHeaderResults(fields: readonly Field[], authservId: string): HeaderResults | undefined {
  const first = fields.findIndex(({ name }) => name === 'authentication-results')
  if (first < 0) return undefined
  const results: HeaderResults = new Map()
  for (const { name, value } of fields.slice(first, first + 5)) {
    if (name !== 'authentication-results') break
    const [id = '', ...methods] = withoutComments(value.slice(0, FIELD_OCTETS)).split(';')
    if ((/^\S+/.exec(id.trim())?.[0] ?? '').replaceAll('"', '').toLowerCase() !== authservId.toLowerCase()) break
    for (const method of methods) addResult(results, method)
  }
  return results.size > 0 ? results : undefined
}

const DOMAIN_OF: Record<string, RegExp> = {
  dkim: /\bheader\.(?:d|i)\s*=\s*"?(?:[^\s"@]*@)?([^\s"@]+)/i,
  spf: /\bsmtp\.(?:mailfrom|mail|helo)\s*=\s*"?(?:[^\s"@]*@)?([^\s"@]+)/i,
  dmarc: /\bheader\.from\s*=\s*"?(?:[^\s"@]*@)?([^\s"@]+)/i,
}

/** A method given twice: a pass counts, since a message may have several signatures. */
function addResult(results: HeaderResults, text: string) {
  const [, method = '', result = ''] = /^\s*(dkim|spf|dmarc|arc)\s*=\s*([a-z]+)/i.exec(text) ?? []
  const key = method.toLowerCase()
  if (!key || results.get(key)?.result === 'pass') return
  results.set(key, { result: result.toLowerCase(), domain: (DOMAIN_OF[key]?.exec(text)?.[1] ?? '').toLowerCase() })
}

/** Comments may be nested (RFC 5322 §3.2.2), so they are counted rather than matched. */
function withoutComments(text: string): string {
  let depth = 0
  let kept = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '\\' && depth > 0) at++
    else if (character === '(') depth++
    else if (character === ')' && depth > 0) depth--
    else if (depth === 0) kept += character
  }
  return kept
}
