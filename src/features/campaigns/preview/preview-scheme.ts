export type Scheme = 'light' | 'dark'

/**
 * The message as a mail program in this scheme shows it, whatever the scheme of the screen it is looked at on: a
 * style sheet cannot be told which one to take, so the rule itself is rewritten. Only inside the message's own style
 * sheets and their two meta elements; the text stays to the letter.
 */
export function showInScheme(html: string, scheme: Scheme): string {
  const when = scheme === 'dark' ? '@media all' : '@media not all'
  const end = html.indexOf('</head>')
  const head = html
    .slice(0, Math.max(end, 0))
    .replace(/<style[^>]*>[^<]*<\/style>/g, (sheet) =>
      sheet
        .replace(/@media\s*\(prefers-color-scheme:\s*dark\)/g, when)
        .replace(/(color-schemes?): light dark/g, `$1: ${scheme}`),
    )
    .replace(/(<meta name="(?:supported-)?color-schemes?" content=")light dark"/g, `$1${scheme}"`)
  return head + html.slice(Math.max(end, 0))
}
