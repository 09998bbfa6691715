import type { LanguageWords } from './language-words.ts'

export const fi: LanguageWords = {
  wrote: ['kirjoitti', 'kirjoitti seuraavaa', 'kirjoittaa'],
  opens: ['klo'],
  from: ['lähettäjä', 'vastausosoite'],
  date: ['lähetetty', 'päiväys', 'päivämäärä', 'pvm', 'lähetysaika'],
  to: ['vastaanottaja', 'vastaanottajat', 'kopio', 'saaja'],
  subject: ['aihe', 'tärkeys', 'liitteet'],
  original: ['alkuperäinen viesti', 'alkuperäinen sähköposti', 'edelleenlähetetty viesti', 'välitetty viesti'],
  footers: ['lähetetty', 'hanki outlook', 'lataa outlook', 'viruksista vapaa', 'lähetetty iphonesta'],
  notices: ['tämä viesti', 'tämä sähköposti', 'tämän viestin', 'tämän sähköpostin'],
}
