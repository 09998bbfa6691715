/**
 * The words by which mail programs introduce what they quote and sign what they send, one file a language, so that
 * somebody who speaks it can correct it without reading the rules. Plain lower-case text, no patterns: `*` stands for
 * up to forty characters. Sign-offs ("Kind regards") are left out on purpose: they are the writer's own words.
 */
export interface LanguageWords {
  /** The verb of "… wrote:", before or after the name, as mail programs print it. */
  wrote: readonly string[]
  /** Words an attribution line opens with, beside a date or a name. */
  opens: readonly string[]
  /** Names of the header lines Outlook and its like print above the original. */
  from: readonly string[]
  date: readonly string[]
  to: readonly string[]
  subject: readonly string[]
  /** "Original Message" and "Forwarded message" between dashes. */
  original: readonly string[]
  /** How a telephone or a program signs: a line that begins so, and names one, is no word of the writer. */
  footers: readonly string[]
  /** How legal notices and other additions of a mail server begin. */
  notices: readonly string[]
}
