import { readFirstText, type VariantText } from '../campaigns/index.ts'

/** Where the text says whom to turn to: no merge field, since the programme has one address for everybody. */
const HELP = '{{help}}'

/** The introduction as every round begins with it, in English. @param contact the programme's address; empty: none */
export async function readIntroductionText(contact: string): Promise<VariantText> {
  const text = await readFirstText('introduction')
  const help = contact === '' ? 'answer this email: a person will read it' : `write to [${contact}](mailto:${contact})`
  return { ...text, body_markdown: text.body_markdown.replaceAll(HELP, help) }
}

/** What stands for a date that nobody has set. */
export const INTRODUCTION_FALLBACKS = { 'round.ends_on': 'the end of the round' }
