import { nameLanguage, parseLanguage } from '../../lib/languages.ts'

/** What the page says after a button was pressed, by the code in its address. */
export function noticeOf(code: string | undefined, wanted: string, address: string | null): string | undefined {
  const tag = parseLanguage(wanted)
  const language = tag === undefined ? 'its language' : nameLanguage(tag)
  const sentences: Record<string, string> = {
    created: 'The draft is there. Nothing leaves until you schedule it.',
    saved: 'Saved.',
    merged: 'Saved, together with what somebody else wrote meanwhile.',
    tested: `Saved. A test email in ${language} is on its way to ${address ?? 'you'}.`,
    language_added: `There is a text in ${language} now. It is empty: write it, or take it away again.`,
    language_removed: 'The text in that language is gone from the email. It stays in the history.',
    restored: 'The earlier version is back, as a new one.',
  }
  return code === undefined ? undefined : sentences[code]
}

/** The code of a save that did nothing else. */
export function savedCode(merged: boolean): string {
  return merged ? 'merged' : 'saved'
}
