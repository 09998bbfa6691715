import type { Compiled, MergeRow, MergeValues, VariantText } from '../../../../src/features/campaigns/content/index.ts'
import { compileVariant, mergeValuesOf, SAMPLE_ROW } from '../../../../src/features/campaigns/content/index.ts'
import { NO_EXTRAS } from '../../../../src/features/campaigns/schema.ts'

/** A text with nothing wrong with it, and what a test changes. */
export function textWith(change: Partial<VariantText> = {}): VariantText {
  return {
    subject: 'Topic 1: Getting to know you',
    preheader: 'Say hello.',
    body_markdown: 'Hello {{participant.given_name}},\n\nwrite to {{partner.given_name}} this week.',
    extras: NO_EXTRAS,
    ...change,
  }
}

export function compileText(change: Partial<VariantText> = {}, language = 'en'): Promise<Compiled> {
  return compileVariant({ language, lane: 'campaign', text: textWith(change) })
}

export function valuesWith(row: Partial<MergeRow> = {}, language = 'en'): MergeValues {
  const settings = { language, default_language: 'en', fallbacks: {}, sender_name: 'The ILN team' }
  return mergeValuesOf({ ...SAMPLE_ROW, ...row }, settings, {
    unsubscribe: 'https://pairpost.example/u/abc?x=1&y=2',
    preferences: 'https://pairpost.example/p/preferences/abc',
    confirm: 'https://pairpost.example/p/confirm/abc',
    apply: 'https://pairpost.example/apply/2016A',
    code_of_conduct: 'https://pairpost.example/conduct',
    expectations: 'https://pairpost.example/expectations',
    interest: 'https://pairpost.example/interest',
    check_in: 'https://pairpost.example/p/check-in/abc',
    verify: 'https://pairpost.example/apply/verify/abc',
    resume: 'https://pairpost.example/apply/resume/abc',
    verify_interest: 'https://pairpost.example/interest/verify/abc',
    leave_interest: 'https://pairpost.example/interest/leave/abc',
  })
}
