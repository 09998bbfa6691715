/** What a column can hold, in the words of the mapping page and of the faults; those that are needed stand first. */
export const FIELD_WORDS: [field: string, label: string, hint: string][] = [
  ['address', 'Address', 'Where mail goes to them.'],
  ['given_name', 'Given name', 'Or the whole name, when the form asks for one.'],
  ['country', 'Country', 'In any spelling.'],
  ['family_name', 'Family name', ''],
  ['submitted_at', 'When the form was sent', 'Of two forms of one person the later one counts.'],
  ['code_of_conduct_agreed', 'Agreed to the code of conduct', 'Who did not say yes gets no campaign.'],
  ['commitment_agreed', 'Agreed to the expectations', ''],
  ['pathway', 'Association they came through', 'Empty, or “none”: they came directly.'],
  ['custom_pathway', 'Collector link they came through', 'SurveyMonkey’s custom data, when the form does not ask.'],
  ['sector', 'Sector', ''],
  ['career_stage', 'Career stage', ''],
  ['interests', 'Interests', 'A question with several columns is taken as a whole.'],
  ['partner_sector', 'Wished sector of the partner', ''],
  ['partner_career_stage', 'Wished career stage of the partner', ''],
  ['partner_interests', 'Wished interests of the partner', ''],
  ['special_request', 'Special request', ''],
  ['heard_through', 'How they heard of the programme', ''],
  ['previous_round', 'Took part before', ''],
]

const LABELS = new Map(FIELD_WORDS.map(([field, label]) => [field, label]))

/** What a fault is about: one of the fields, or the file, its header or a whole row. */
export const labelOfField = (field: string): string => LABELS.get(field) ?? field.replaceAll('_', ' ')
