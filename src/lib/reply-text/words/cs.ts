import type { LanguageWords } from './language-words.ts'

export const cs: LanguageWords = {
  wrote: ['napsal', 'napsala', 'napsal(a)', 'píše', 'napsal/a', 'napsali'],
  opens: ['dne', 'odesílatel', 'dňa'],
  from: ['od', 'odesílatel', 'komu odpovědět'],
  date: ['odesláno', 'datum', 'posláno'],
  to: ['komu', 'kopie', 'příjemce'],
  subject: ['předmět', 'důležitost', 'přílohy'],
  original: ['původní zpráva', 'původní e-mail', 'přeposlaná zpráva', 'původní email'],
  footers: [
    'odesláno z',
    'odesláno ze',
    'odesláno pomocí',
    'odesláno přes',
    'posláno z',
    'získat outlook pro',
    'stáhnout outlook pro',
    'neobsahuje viry',
    'bez virů',
  ],
  notices: ['tato zpráva', 'tento e-mail', 'tento email', 'obsah této', 'informace obsažené', 'myslete na životní'],
}
