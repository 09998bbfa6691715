import type { LanguageWords } from './language-words.ts'

export const hr: LanguageWords = {
  wrote: [
    'je napisao',
    'je napisala',
    'je napisao/la',
    'napisao',
    'napisala',
    'piše',
    'je pisao',
    'je napisal',
    'napisao/la je',
    'написао је',
    'је написао',
  ],
  opens: ['dana', 'u', 'dne', 'na datum'],
  from: ['od', 'šalje', 'pošiljatelj', 'pošiljalac'],
  date: ['poslano', 'datum', 'poslato'],
  to: ['za', 'prima', 'kome', 'primatelj', 'kopija', 'kp'],
  subject: ['predmet', 'zadeva', 'naslov'],
  original: [
    'izvorna poruka',
    'originalna poruka',
    'proslijeđena poruka',
    'prosleđena poruka',
    'izvirno sporočilo',
    'posredovano sporočilo',
  ],
  footers: ['poslano s', 'poslano sa', 'poslano iz', 'poslano z', 'poslato sa', 'poslato iz', 'preuzmite outlook za'],
  notices: ['ova poruka', 'ovaj e-mail', 'to sporočilo'],
}
