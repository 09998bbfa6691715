import type { LanguageWords } from './language-words.ts'

export const nb: LanguageWords = {
  wrote: ['skrev', 'skrev følgende', 'har skrevet'],
  opens: ['den', 'på', 'kl.'],
  from: ['fra', 'avsender', 'svar til'],
  date: ['sendt', 'dato', 'mottatt'],
  to: ['til', 'kopi', 'mottaker', 'kopi til'],
  subject: ['emne', 'viktighet', 'vedlegg'],
  original: [
    'opprinnelig melding',
    'opprinnelig meddelelse',
    'original melding',
    'videresendt melding',
    'opprinnelig e-post',
  ],
  footers: [
    'sendt fra',
    'sendt via',
    'sendt med',
    'hent outlook for',
    'få outlook for',
    'skaff deg outlook for',
    'virusfri',
  ],
  notices: ['denne e-posten', 'denne eposten', 'denne meldingen', 'informasjonen i denne', 'tenk på miljøet'],
}
