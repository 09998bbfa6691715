import type { LanguageWords } from './language-words.ts'

export const ro: LanguageWords = {
  wrote: ['a scris', 'a scris următoarele', 'scrie', 'au scris'],
  opens: ['în', 'pe', 'la', 'in', 'la data de', 'în data de'],
  from: ['de la', 'expeditor', 'from'],
  date: ['trimis', 'data', 'trimisă', 'trimis la', 'trimis pe'],
  to: ['către', 'catre', 'la', 'destinatar', 'pentru', 'cc'],
  subject: ['subiect', 'subiectul', 'importanță'],
  original: ['mesaj original', 'mesajul original', 'mesaj inițial', 'mesaj redirecționat', 'mesaj redirectionat'],
  footers: [
    'trimis de pe',
    'trimis din',
    'trimis cu',
    'trimis folosind',
    'descărcați outlook pentru',
    'obțineți outlook pentru',
    'fără viruși',
  ],
  notices: ['acest mesaj', 'acest e-mail', 'acest email', 'informațiile conținute', 'informatiile continute'],
}
