import { MERGE_FIELDS } from './merge-fields.ts'
import type { FoundLink } from './parse.ts'
import type { Markers } from './pieces.ts'

export interface LinkFault {
  code: 'link_empty' | 'link_malformed' | 'merge_in_url'
  message: string
}

/** What is wrong with an address, if anything. Only http, https and mailto may leave: anything else is refused. */
export function linkFault(link: FoundLink, markers: Markers): LinkFault | undefined {
  const url = link.url.trim()
  const name = markers.replace(link.text, (field) => `{{${field}}}`).trim()
  const called = name === '' ? 'A link or picture' : `The link or picture "${name}"`
  if (url === '') return { code: 'link_empty', message: `${called} has no address.` }
  if (markers.has(url)) {
    const only = markers.only(url)
    if (only !== undefined && MERGE_FIELDS[only].kind === 'url') return undefined
    const shown = markers.replace(url, (field) => `{{${field}}}`)
    const message = `${called} leads to "${shown}": an address can only be one {{links.…}} field as a whole.`
    return { code: 'merge_in_url', message }
  }
  if (isAddress(url)) return undefined
  const message = `${called} leads to "${url.slice(0, 200)}", which is not a web or mail address. Begin it with https://.`
  return { code: 'link_malformed', message }
}

function isAddress(url: string): boolean {
  if (/^mailto:[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/i.test(url)) return true
  if (!/^https?:\/\/[^\s<>"'\\]+$/i.test(url) || !URL.canParse(url)) return false
  const { hostname, username } = new URL(url)
  return username === '' && (hostname === 'localhost' || /[^.]\.[^.]/.test(hostname) || hostname.startsWith('['))
}
