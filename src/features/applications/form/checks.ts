import { createRequire } from 'node:module'
import { parseAddress } from '../../../lib/address.ts'
import { findCountryCode } from '../../../lib/countries.ts'
import { READER_PHRASES } from '../../../platform/http/reader-phrases.ts'
import { faultOfName } from '../../people/index.ts'
import type { AnswerChecks } from './answers.ts'

/** @param mailDomain ours: mail to it is an answer to the programme @param languages those of the programme */
export function answerChecks({ mailDomain, languages }: { mailDomain: string; languages: readonly string[] }) {
  const offered = offeredLanguages(languages)
  return {
    faultOfName: faultOfTypedName,
    findCountryCode,
    isOfferedLanguage: (tag) => offered.includes(tag),
    faultOfEmail(text) {
      const parsed = parseAddress(text)
      if (!parsed.ok || parsed.domain === mailDomain.toLowerCase()) return 'email'
      return isDisposable(parsed.domain) ? 'disposable' : undefined
    },
  } satisfies AnswerChecks
}

/**
 * An address of the web: a mail program makes a link of it, and anybody can have our mail sent to anybody by their name. A
 * short word before the dot is an abbreviation without its blank, as in "Ma.Teresa" or "K.Raman".
 */
const WEB = /[\p{L}\p{N}-]{3,}\.\p{L}{2,}|\.\p{L}{2,}\/|https?:|www\./iu

/** As of every name; and of one that strangers may type for somebody else. */
function faultOfTypedName(name: string): string | undefined {
  if (WEB.test(name)) return 'contains a link.'
  // Fillers count as letters and show nothing (the Unicode property).
  const shown = name.replace(/\p{Default_Ignorable_Code_Point}/gu, '')
  return faultOfName(name) ?? (name !== '' && !/[\p{L}\p{N}]/u.test(shown) ? 'has no letter.' : undefined)
}

/** Languages to choose from, by tag: those of the programme and those of these pages. */
export function offeredLanguages(programme: readonly string[]): string[] {
  return [...new Set([...programme, ...Object.keys(READER_PHRASES)])].toSorted()
}

/** Whether addresses of the domain are made to be thrown away: nobody could be asked to confirm at one. */
function isDisposable(domain: string): boolean {
  lists ??= readLists()
  return lists.domains.has(domain) || lists.parents.some((parent) => domain === parent || domain.endsWith(`.${parent}`))
}

let lists: ReturnType<typeof readLists> | undefined

/** 120,000 domains, 25 ms to read: at the first address, not when the service starts. */
function readLists() {
  const require = createRequire(import.meta.url)
  const domains = require('disposable-email-domains') as string[]
  return { domains: new Set(domains), parents: require('disposable-email-domains/wildcard.json') as string[] }
}
