import type { VariantCheck } from './check-variant.ts'
import type { Finding } from './findings.ts'
import { listUnfillable, type MailchimpTags } from './mailchimp-part.ts'

/** What is known about the audience at Mailchimp that a campaign is to go through. */
export interface MailchimpCheck {
  /** Null: none is connected. */
  tags: MailchimpTags | null
  /** Words that come into the message beside its text: fallbacks, the sender's name, the footer, the round's name. */
  beside: string[]
  /** Characters of the subject as Mailchimp is given it, by language. */
  subject_lengths: Record<string, number>
}

/** Mailchimp takes no longer subject, with its merge tags as they are written. */
const SUBJECT_MOST = 150

/** What keeps Mailchimp from sending it as it is meant; where nothing does, what is different about it. */
export function checkForMailchimp(
  variants: readonly VariantCheck[],
  { tags, beside, subject_lengths }: MailchimpCheck,
): Finding[] {
  const findings: Finding[] = []
  const problem = (code: Finding['code'], message: string, variant: string | null = null) =>
    findings.push({ level: 'problem', code, message, variant })
  if (tags === null)
    problem(
      'mailchimp_missing',
      'It is to go through Mailchimp, but no audience there is connected and synced. Do that in the settings, or send it by email.',
    )
  for (const { language, text, compiled } of variants) {
    for (const field of listUnfillable(compiled?.fields ?? [], language, tags ?? {})) {
      // Without an audience nobody knows its merge fields.
      if (tags === null) continue
      const words =
        field === 'participant.country' && !isEnglish(language)
          ? 'in this language: its audience has it in English'
          : ''
      problem(
        'mailchimp_field',
        `Mailchimp cannot fill {{${field}}}${words && ` ${words}`}. Take it out, or send it by email.`,
        language,
      )
    }
    const length = subject_lengths[language] ?? 0
    if (length > SUBJECT_MOST)
      problem(
        'mailchimp_subject',
        `With its merge tags the subject has ${length} characters, and Mailchimp takes ${SUBJECT_MOST}. Make it shorter, or take a field out.`,
        language,
      )
    if (stringsOf(text).some(holdsTag)) problem('mailchimp_tag', TAG_WORDS, language)
  }
  if (beside.some(holdsTag)) problem('mailchimp_tag', `In a fallback, a name or the footer: ${TAG_WORDS}`)
  if (findings.length > 0) return findings
  const message =
    'Replies to what Mailchimp sends name no delivery: the inbox knows who wrote by their address, and not which email they answer.'
  return [{ level: 'warning', code: 'mailchimp_replies', message, variant: null }]
}

const TAG_WORDS =
  'Mailchimp would take *| for the beginning of a merge tag of its own. Write {{…}} fields, or take it out.'

const isEnglish = (language: string) => /^en(-|$)/i.test(language)
const holdsTag = (text: string) => text.includes('*|')

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}
