import type { LanguageWords } from './language-words.ts'

export const da: LanguageWords = {
  wrote: ['skrev', 'skrev følgende', 'har skrevet'],
  opens: ['den', 'på', 'd.', 'kl.'],
  from: ['fra', 'afsender', 'svar til'],
  date: ['sendt', 'dato', 'modtaget'],
  to: ['til', 'cc', 'modtager', 'kopi'],
  subject: ['emne', 'vedr', 'prioritet', 'vedhæftede filer'],
  original: [
    'oprindelig besked',
    'oprindelig meddelelse',
    'original besked',
    'videresendt besked',
    'videresendt meddelelse',
  ],
  footers: ['sendt fra', 'sendt via', 'sendt med', 'hent outlook til', 'få outlook til', 'virusfri', 'fra min iphone'],
  notices: ['denne e-mail', 'denne mail', 'denne meddelelse', 'tænk på miljøet', 'oplysningerne i denne'],
}
