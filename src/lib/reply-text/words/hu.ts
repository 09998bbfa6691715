import type { LanguageWords } from './language-words.ts'

export const hu: LanguageWords = {
  wrote: ['írta', 'ezt írta', 'a következőt írta', 'írt', 'írja', 'a következőt írta (időpont'],
  opens: ['ekkor', 'dátum', 'keltezéssel'],
  from: ['feladó', 'küldő'],
  date: ['elküldve', 'dátum', 'küldés időpontja', 'küldve', 'időpont'],
  to: ['címzett', 'címzettek', 'másolat', 'másolatot kap'],
  subject: ['tárgy', 'fontosság', 'mellékletek'],
  original: ['eredeti üzenet', 'továbbított üzenet', 'továbbított levél', 'eredeti levél'],
  footers: [
    'elküldve az',
    'elküldve a',
    'elküldve:',
    'küldve az',
    'küldve a',
    'az iphone-omról',
    'az outlook letöltése',
    'vírusmentes',
  ],
  notices: ['ez az e-mail', 'ez az üzenet', 'ezen e-mail', 'a jelen üzenet', 'jelen e-mail'],
}
