/**
 * Every table that leads to a person, directly or through other tables: in the export (with where it is found there), or
 * left out and why. A test reads the tables from the database: a new one fails until somebody has decided.
 */
export const IN_EXPORT: Record<string, string> = {
  people: 'person',
  addresses: 'person.addresses',
  applications: 'applications',
  application_history: 'applications[].history',
  confirmation_answers: 'applications[].confirmations',
  application_drafts: 'forms',
  contacts: 'contacts',
  partnerships: 'partnerships',
  partnership_members: 'partnerships',
  check_in_answers: 'partnerships[].check_ins',
  consents: 'consents',
  preference_changes: 'preference_changes',
  suppressions: 'stops',
  deliveries: 'emails',
  attempts: 'emails[].attempts',
  delivery_events: 'emails[].events',
  tracking_hits: 'emails[].clicks_and_opens',
  delivery_hits: 'emails[].counted',
  incoming_messages: 'messages',
  inbox_items: 'messages[].staff',
  inbox_replies: 'messages[].staff.replies',
  import_changes: 'imports',
  proposal_members: 'matching',
  proposals: 'matching',
  unmatched_people: 'matching',
  erasures: 'erasures',
  mailchimp_members: 'mailchimp',
  mailchimp_clashes: 'mailchimp[].clashes',
}

export const LEFT_OUT: Record<string, string> = {
  duplicate_proposals: 'Says that two people may be one: it tells of another person.',
  matching_decisions: 'What staff noted about two people together: it tells of the other one too.',
  sign_in_links: 'Staff sign in by them; a link in an email to a member of staff is no participant.',
  tracking_changes: 'A list of deliveries whose clicks are counted next; the clicks are in the export.',
  webhook_messages: 'Ids and states that other services were told; what they are about is in the export.',
}
