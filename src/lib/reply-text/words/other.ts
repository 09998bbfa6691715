import type { LanguageWords } from './language-words.ts'

/** Languages of which only the footers are known: their attributions are recognised by address, date and colon. */
export const other: LanguageWords = {
  wrote: [],
  opens: [],
  from: [],
  date: [],
  to: [],
  subject: [],
  original: [],
  footers: [
    'ipinadala mula sa',
    'naipadala mula sa',
    'ከእኔ * የተላከ',
    'আমার * থেকে পাঠানো',
    'saadetud minu',
    'išsiųsta iš',
    'nosūtīts no',
    'dërguar nga',
    'nire * bidalia',
    'enviado dende',
    'vanaf my * gestuur',
    'gestuur vanaf',
    'გამოგზავნილია',
    'ուղարկված է իմ',
    'iphone-dan göndərildi',
    'iphone-dan yuborildi',
    'ipad-dan göndərildi',
    'менің * жіберілді',
  ],
  notices: [],
}
