/** What a check found. A problem blocks scheduling, a warning asks to look again. `code` is stable. */
export interface Finding {
  level: 'problem' | 'warning'
  code: FindingCode
  message: string
  /** The language it is about, or null for the campaign as a whole. */
  variant: string | null
  /** A line of that variant's Markdown, from 1. */
  line?: number
}

export type FindingCode = (typeof FINDING_CODES)[number]

/** Every code there is (ux.md, "Checks before scheduling"); those above the line stop a text from being compiled. */
export const FINDING_CODES = [
  'merge_unknown',
  'merge_unavailable',
  'merge_unclosed',
  'merge_unopened',
  'merge_not_plain',
  'merge_in_url',
  'link_empty',
  'link_malformed',
  'button_misplaced',
  'text_too_large',
  'language_unknown',
  // ---
  'body_empty',
  'unsubscribe_missing',
  'sender_missing',
  'default_language_missing',
  'picture_without_description',
  'picture_large',
  'link_dead',
  'html_large',
  'html_too_large',
  'subject_empty',
  'subject_long',
  'subject_capitals',
  'subject_as_before',
  'preheader_missing',
  'click_here',
  'heading_order',
  'field_empty',
  'audience_empty',
  'audience_changed',
  'not_tested',
  'time_past',
  'same_people_within_day',
  'second_person_needed',
  'mailchimp_missing',
  'mailchimp_field',
  'mailchimp_tag',
  'mailchimp_subject',
  'mailchimp_replies',
] as const
