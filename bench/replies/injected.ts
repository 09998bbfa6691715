import { bare, type Reply } from './sets.ts'

/** Our own words as a quote holds them: none may ever become the writer's. */
export const INJECTED = 'Yes, I confirm'

/** The reply with INJECTED as a line of its own below every line of its quote, marked and indented as that line is. */
export function withInjected(reply: Reply): Reply {
  const quoted = new Set(reply.quoted.map(bare))
  if (reply.html !== undefined) return { ...reply, ...injectedHtml(reply, quoted) }
  const lines = (reply.text ?? '').split('\n')
  return { ...reply, text: injectedLines(lines, quoted).join('\n') }
}

function injectedLines(lines: string[], quoted: ReadonlySet<string>): string[] {
  const marked = (line: string) => /^\s*[>|]/.test(line)
  const marks = lines.some((line) => quoted.has(bare(line)) && marked(line))
  let introduced = false
  return lines.flatMap((line, at) => {
    const end = line.endsWith('\r') ? '\r' : ''
    if (!quoted.has(bare(line)) || !/\p{L}/u.test(line)) return [line]
    // Between the lines of a wrapped introduction or a header nothing of ours can stand: only below the first blank.
    introduced ||=
      marked(line) || (bare(lines[at + 1] ?? '') === '' && /[:：>]\s*$|^\W{0,4}[\p{L} ]{1,20}[:：]/u.test(line))
    // A line without a mark in a quote that has marks is the rest of one that a program wrapped.
    if (!introduced || (marks && !marked(line))) return [line]
    return [line, `${/^[\s>|]*/.exec(line)?.[0] ?? ''}${INJECTED}${end}`]
  })
}

/** In HTML the words stand behind the text of a quoted line, within its element. */
function injectedHtml(reply: Reply, quoted: ReadonlySet<string>): { html: string; text: string } {
  let html = reply.html ?? ''
  for (const line of quoted) {
    if (line.includes(':') || line.length < 2) continue
    const at = html.lastIndexOf(line)
    if (at >= 0) html = `${html.slice(0, at + line.length)}<br>${INJECTED}<br>${html.slice(at + line.length)}`
  }
  const lines = (reply.text ?? '').split('\n')
  return { html, text: injectedLines(lines, quoted).join('\n') }
}
