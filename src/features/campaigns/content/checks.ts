import { checkForMailchimp, type MailchimpCheck } from './check-mailchimp.ts'
import { checkVariant, type VariantCheck } from './check-variant.ts'
import type { Finding, FindingCode } from './findings.ts'
import type { EmptyField } from './merge-values.ts'
import { plainValue } from './render.ts'

/** What is known about a campaign beside its texts. Nothing here is asked of a database: checks are pure. */
export interface CampaignCheck {
  variants: VariantCheck[]
  default_language: string
  fallbacks: Record<string, string>
  from_name: string | null
  audience: {
    count: number
    /** Recipients of the campaign of this kind before it, if there was one. */
    last_count: number | null
    /** Fields that stay empty for somebody, the fallbacks taken into account (findEmptyFields). */
    empty_fields: EmptyField[]
  }
  /** When it is asked to go, or planned to; null: at once. */
  send_at: Date | null
  now: Date
  version: number
  tested_version: number | null
  /** Subjects of campaigns sent before. */
  last_subjects: string[]
  /** People of this audience who get another campaign within 24 hours of it. */
  recent_overlap: { count: number; campaign_id: number } | null
  /** Automatic email goes to whom an event concerns: its audience changes by nature. */
  automatic: boolean
  /** Set when the installation wants a second person's word for many recipients. */
  second_person?: { over: number; given: boolean }
  /** Set when it goes through Mailchimp. */
  mailchimp?: MailchimpCheck
}

/** Every check that needs neither network nor browser, problems first. */
export function checkCampaign(input: CampaignCheck): Finding[] {
  const findings = input.variants.flatMap(checkVariant)
  const add = (level: Finding['level'], code: FindingCode, message: string, variant: string | null = null) =>
    findings.push({ level, code, message, variant })

  if (plainValue(input.from_name ?? '') === '') add('problem', 'sender_missing', 'The email has no sender name.')
  if (!input.variants.some((variant) => variant.language === input.default_language))
    add(
      'problem',
      'default_language_missing',
      `There is no text in the campaign's own language, ${input.default_language}.`,
    )
  checkSubjectsBefore(input, add)
  checkAudience(input, add)
  checkTime(input, add)
  if (input.mailchimp) findings.push(...checkForMailchimp(input.variants, input.mailchimp))
  return findings.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'))
}

type Add = (level: Finding['level'], code: FindingCode, message: string, variant?: string | null) => void

function checkSubjectsBefore(input: CampaignCheck, add: Add): void {
  const plain = (subject: string) => subject.replace(/\s+/g, ' ').trim().toLowerCase()
  const before = new Set(input.last_subjects.map(plain))
  for (const { language, text } of input.variants) {
    if (text.subject.trim() !== '' && before.has(plain(text.subject)))
      add('warning', 'subject_as_before', `The subject "${text.subject}" was used before.`, language)
  }
}

function checkAudience({ audience, automatic, second_person }: CampaignCheck, add: Add): void {
  const { count, last_count } = audience
  if (count === 0) add('problem', 'audience_empty', 'Nobody is in the audience.')
  else if (!automatic && last_count && Math.abs(count - last_count) > last_count / 10)
    add('warning', 'audience_changed', `The audience is ${count} people; the last one was ${last_count}.`)
  for (const { field, count: people, names } of audience.empty_fields) {
    const shown = names.map(plainValue).join(', ')
    const others = people > names.length ? ` and ${people - names.length} more` : ''
    const whom = `${people} ${people === 1 ? 'person' : 'people'} (${shown}${others})`
    add('problem', 'field_empty', `{{${field}}} is empty for ${whom} and has no fallback.`)
  }
  if (second_person && count > second_person.over && !second_person.given)
    add('problem', 'second_person_needed', `More than ${second_person.over} recipients need a second person's word.`)
}

function checkTime(input: CampaignCheck, add: Add): void {
  if (input.tested_version !== input.version)
    add('warning', 'not_tested', 'No test email was sent since the last change.')
  if (input.send_at !== null && input.send_at < input.now)
    add('problem', 'time_past', `The time to send, ${inWords(input.send_at)}, is past. Choose another.`)
  const overlap = input.recent_overlap
  if (!input.automatic && overlap && overlap.count > 0) {
    const people = `${overlap.count} ${overlap.count === 1 ? 'person gets' : 'people get'}`
    add('warning', 'same_people_within_day', `${people} campaign ${overlap.campaign_id} within 24 hours of this one.`)
  }
}

const inWords = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
