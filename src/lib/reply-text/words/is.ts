import type { LanguageWords } from './language-words.ts'

export const is: LanguageWords = {
  wrote: ['skrifaði'],
  opens: ['þann'],
  from: ['frá'],
  date: ['sent', 'dagsetning'],
  to: ['til', 'afrit'],
  subject: ['efni'],
  original: ['upphafleg skilaboð', 'upprunaleg skilaboð'],
  footers: ['sent úr'],
  notices: [],
}
