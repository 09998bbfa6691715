import type { PreviewPerson, PreviewReason } from '../../features/campaigns/index.ts'
import { type PreviewChoice, previewSrc } from './query.ts'

/** The order in which the reasons are offered. */
const REASONS: Record<PreviewReason, string> = {
  longest_name: 'Longest name',
  no_partner: 'No partner',
  right_to_left: 'Right-to-left name',
  emptiest: 'Most empty fields',
}

export interface PreviewPeople {
  /** Name of who looks. */
  me: string
  telling: (PreviewPerson & { reasons: PreviewReason[] })[]
  /** What a search found. */
  found: PreviewPerson[]
  /** The one looked as, when neither list has them. */
  chosen: PreviewPerson | undefined
}

/** View model of write/_preview. */
export function presentPreview(id: number, language: string, choice: PreviewChoice, people: PreviewPeople | null) {
  const option = (value: string, text: string) => ({ value, text, chosen: value === choice.as })
  const person = (prefix: string, { id: of, given_name, family_name, country_code }: PreviewPerson) =>
    option(String(of), `${prefix}${`${given_name} ${family_name}`.trim()} (${country_code})`)
  const telling = (people?.telling ?? []).map((one) => {
    const reasons = one.reasons.map((reason) => REASONS[reason].toLowerCase()).join(', ')
    return person(`${reasons.charAt(0).toUpperCase()}${reasons.slice(1)}: `, one)
  })
  const known = new Set((people?.telling ?? []).map((one) => one.id))
  const found = [...(people?.chosen ? [people.chosen] : []), ...(people?.found ?? [])]
    .filter((one, at, all) => !known.has(one.id) && all.findIndex((other) => other.id === one.id) === at)
    .map((one) => person('', one))
  return {
    id,
    language,
    src: previewSrc(id, language, choice),
    phone: choice.size === 'phone',
    readers: [
      option('sample', 'A sample reader'),
      ...(people?.me ? [option('me', `Me: ${people.me}`)] : []),
      ...telling,
    ],
    found,
    q: choice.q,
    may_search: people !== null,
    nobody: choice.q !== '' && (people?.found.length ?? 0) === 0,
    sizes: choices(choice.size, { desktop: 'Desktop', phone: 'Phone' }),
    schemes: choices(choice.scheme, { light: 'Light', dark: 'Dark' }),
    parts: choices(choice.part, { html: 'As designed', text: 'Text only' }),
  }
}

function choices(chosen: string, words: Record<string, string>) {
  return Object.entries(words).map(([value, text]) => ({ value, text, chosen: value === chosen }))
}
