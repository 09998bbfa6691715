import type { LanguageWords } from './language-words.ts'

export const sk: LanguageWords = {
  wrote: ['napísal', 'napísala', 'napísal(a)', 'píše', 'napísal/a'],
  opens: ['dňa'],
  from: ['od', 'odosielateľ'],
  date: ['odoslané', 'dátum', 'poslané'],
  to: ['komu', 'kópia', 'príjemca', 'pre'],
  subject: ['predmet', 'dôležitosť'],
  original: ['pôvodná správa', 'preposlaná správa', 'pôvodný e-mail'],
  footers: ['odoslané z', 'odoslané zo', 'poslané z', 'získať outlook pre', 'získajte outlook pre'],
  notices: ['táto správa', 'tento e-mail', 'tento email'],
}
