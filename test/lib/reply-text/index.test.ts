import { describe, expect, it } from 'vitest'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'
import { FOOTERS, INTRODUCTIONS, type Introduction, OWN_WORDS } from './introductions.ts'

const LETTER = `Dear Ana,

There is a place for you in the spring round. Before we look for your partner we have to know whether you still
want to take part.

Please reply YES to confirm or NO to decline:
https://programme.example/c/abc

Yes, I confirm

Warm regards,
Helena`

const ANSWERS: Readonly<Record<string, string>> = {
  en: 'Dear Helena,\n\nthank you, I shall be there.\n\nAna',
  ar: 'مرحبا،\n\nشكرًا جزيلًا، أؤكد مشاركتي.\n\nآنا',
  he: 'שלום,\n\nתודה, אני מאשרת.\n\nאנה',
  fa: 'سلام،\n\nبله، شرکت می‌کنم.\n\nآنا',
  hi: 'नमस्ते,\n\nहाँ, मैं भाग लूँगी।',
  ja: 'はい、参加します。\n\nよろしくお願いいたします。',
  zh: '好的，我参加。\n\n安娜',
  ko: '네, 참가하겠습니다.\n\n안나',
  ru: 'Здравствуйте!\n\nДа, участвую.\n\nАнна',
  tr: 'Merhaba,\n\nEvet, katılıyorum.\n\nAna',
}
const answerIn = (language: string) => ANSWERS[language] ?? (ANSWERS.en as string)

function quote([, , lines, marked]: Introduction): string {
  const prefix = { '>': '> ', '|': '      ', '-': '' }[marked]
  const quoted = LETTER.split('\n').map((line) => (marked === '>' ? `> ${line}`.trimEnd() : `${prefix}${line}`))
  return `${lines}\n\n${quoted.join('\n')}`
}

describe('the visible text of a reply in plain text', () => {
  it.each(INTRODUCTIONS)('ends at the introduction of %s %s', (...introduction) => {
    const answer = answerIn(introduction[0])
    for (const gap of ['\n\n', '\n\n\n\n'])
      for (const end of ['\n', '\r\n']) {
        const read = readReplyText({ text: `${answer}${gap}${quote(introduction)}\n`.replaceAll('\n', end) })
        expect(read.visible).toBe(answer)
        expect(read.had_quote).toBe(true)
      }
  })

  it.each(INTRODUCTIONS)('is empty when %s %s quotes and nothing was written', (...introduction) => {
    expect(readReplyText({ text: quote(introduction) })).toMatchObject({ visible: '', had_quote: true })
  })

  it.each(INTRODUCTIONS.filter(([, , , marked]) => marked === '>'))(
    'is what stands below the marked quote of %s %s',
    (...introduction) => {
      const answer = answerIn(introduction[0])
      expect(readReplyText({ text: `${quote(introduction)}\n\n${answer}\n` }).visible).toBe(answer)
    },
  )

  it.each(FOOTERS)('leaves out the %s footer “%s”', (language, footer) => {
    const answer = answerIn(language)
    const introduction = INTRODUCTIONS.find(([other]) => other === language) as Introduction
    expect(readReplyText({ text: `${answer}\n\n${footer}\n` }).visible).toBe(answer)
    const quoted = readReplyText({ text: `${answer}\n\n${footer}\n\n${quote(introduction)}` })
    expect(quoted.visible).toBe(answer)
    expect(quoted.signature).toBe(footer.replace(/ +$/gm, ''))
  })

  it.each(OWN_WORDS)('keeps the writer’s “%s”', (words) => {
    const tidy = words.replace(/ +$/gm, '')
    expect(readReplyText({ text: words }).visible).toBe(tidy)
    const text = `${words}\n\nOn Tue, 2 Feb 2016 at 11:12, ILN <reply+abc@programme.example> wrote:\n\n> ${LETTER.replaceAll('\n', '\n> ')}`
    expect(readReplyText({ text }).visible).toBe(tidy)
  })
})
