import type { LanguageWords } from './language-words.ts'

export const sv: LanguageWords = {
  wrote: ['skrev', 'skrev följande', 'har skrivit'],
  opens: ['den', 'på', 'kl'],
  from: ['från', 'avsändare', 'svar till'],
  date: ['skickat', 'datum', 'skickades', 'mottaget'],
  to: ['till', 'kopia', 'mottagare'],
  subject: ['ämne', 'prioritet', 'bilagor'],
  original: ['ursprungligt meddelande', 'originalmeddelande', 'vidarebefordrat meddelande', 'ursprungligt brev'],
  footers: [
    'skickat från',
    'skickad från',
    'skickat med',
    'skickades från',
    'skickat via',
    'hämta outlook för',
    'skaffa outlook för',
    'virusfri',
    'från min iphone',
  ],
  notices: ['detta e-postmeddelande', 'detta meddelande', 'detta mail', 'informationen i detta', 'tänk på miljön'],
}
