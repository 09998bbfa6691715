import type { LanguageWords } from './language-words.ts'

export const sw: LanguageWords = {
  wrote: ['aliandika', 'ameandika', 'waliandika', 'anaandika', 'wameandika', 'aliyeandika'],
  opens: ['mnamo', 'tarehe', 'siku ya'],
  from: ['kutoka', 'kutoka kwa', 'mtumaji'],
  date: ['imetumwa', 'tarehe', 'ilitumwa', 'ulitumwa'],
  to: ['kwa', 'kwenda', 'mpokeaji', 'nakala'],
  subject: ['mada', 'kichwa', 'somo', 'yah'],
  original: [
    'ujumbe asili',
    'ujumbe halisi',
    'ujumbe wa awali',
    'ujumbe uliosambazwa',
    'ujumbe wa asili',
    'barua pepe asili',
  ],
  footers: ['imetumwa kutoka', 'imetumwa kwa', 'imetumwa kupitia', 'ilitumwa kutoka', 'imetumwa toka', 'pata outlook'],
  notices: ['barua pepe hii', 'ujumbe huu'],
}
