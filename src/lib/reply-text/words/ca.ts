import type { LanguageWords } from './language-words.ts'

export const ca: LanguageWords = {
  wrote: ['va escriure', 'ha escrit', 'escrigué'],
  opens: ['el dia', 'el'],
  from: ['de'],
  date: ['enviat', 'data', 'enviat el'],
  to: ['a', 'per a', 'per'],
  subject: ['assumpte', 'tema'],
  original: ['missatge original', 'missatge reenviat'],
  footers: ['enviat des', 'enviat amb', 'enviat des del'],
  notices: ['aquest missatge', 'aquest correu'],
}
