import { describe, expect, it } from 'vitest'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'

/** `{N}` is the name and `{A}` the address, which programs wrap in direction marks. */
const ATTRIBUTIONS: readonly (readonly [language: string, line: string])[] = [
  ['Hebrew', 'בתאריך יום ג׳, 8 במרץ 2016 ב-10:02 מאת {N} <{A}>:'],
  ['Hebrew', 'בתאריך 8 במרץ 2016 ב-10:02 מאת {N} <{A}>:'],
  ['Hebrew', 'ב-8 במרץ 2016, בשעה 10:02, {N} <{A}> כתב/ה:'],
  ['Hebrew', 'ב־8 במרץ 2016, בשעה 10:02, {N} <{A}> כתב/ה:'],
  ['Hebrew', 'ב-יום שלישי, 8 במרץ 2016 בשעה 10:02:11 GMT+2, {N} <{A}> כתב/ה:'],
  ['Hebrew', 'ביום ג׳, בתאריך 8 במרץ 2016 ב-10:02 מאת {N} <{A}>:'],
  ['Arabic', 'في الثلاثاء، 8 مارس 2016 في 10:02 ص تمت كتابة ما يلي بواسطة {N} <{A}>:'],
  ['Arabic', 'في ٨ مارس ٢٠١٦، الساعة ١٠:٠٢ ص، كتب {N} <{A}>:'],
  ['Arabic', 'في يوم الثلاثاء، بتاريخ 8 مارس 2016 10:02، كتب {N} <{A}>:'],
  ['Persian', 'در تاریخ سه‌شنبه ۸ مارس ۲۰۱۶،‏ ۱۰:۰۲ {N} <{A}> نوشت:'],
  ['Persian', 'در روز سه‌شنبه، 8 مارس 2016 در 10:02 {N} <{A}> نوشت:'],
  ['Persian', 'در تاریخ سه‌شنبه ۱۸ اسفند ۱۳۹۴، ۱۰:۰۲ {N} <{A}> نوشت:'],
  ['Urdu', 'بتاریخ منگل، 8 مارچ، 2016 کو 10:02 AM پر {N} <{A}> نے لکھا:'],
  ['Urdu', 'منگل، 8 مارچ، 2016 کو 10:02 AM بجے کو {N} <{A}> نے لکھا:'],
]

const MARKED: Readonly<Record<string, (line: string) => string>> = {
  'without marks': (line) => filled(line, 'ILN', 'r@p.example'),
  'as Gmail marks them': (line) =>
    `\u202b${filled(line, '\u202aILN\u202c\u200f', '\u202ar@p.example\u202c\u200f')}\u202c`,
  'with marks around the name only': (line) => filled(line, '\u202aILN\u202c\u200f', 'r@p.example'),
  'with isolates': (line) => `\u2067${filled(line, '\u2066ILN\u2069', '\u2068r@p.example\u2069')}\u2069`,
  'with single marks': (line) => `\u200f\u061c${filled(line, 'ILN\u200e', 'r@p.example\u200f')}\u200e`,
  'with marks around the numbers': (line) => filled(line, 'ILN', 'r@p.example').replace(/\d+/g, '\u200e$&\u200e'),
}
const filled = (line: string, name: string, address: string) => line.replace('{N}', name).replace('{A}', address)

const ASIDE = ['׳', "'", '’', '´']
const WRAPPED: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.replace(/<(.?)/, '<$1\n'),
  (line) => line.replace(/ (\S?)</, '\n$1<'),
]

describe.each(Object.entries(MARKED))('an attribution from right to left %s', (_, mark) => {
  it.each(ATTRIBUTIONS)('in %s is no word of the writer: %s', (_, line) => {
    for (const aside of ASIDE)
      for (const wrap of WRAPPED) {
        const attribution = wrap(mark(line.replace('׳', aside)))
        for (const quoted of ['> Dear Ana,\n> Yes, I confirm', 'Dear Ana,\nYes, I confirm'])
          expect(readReplyText({ text: `כן, תודה\n\n${attribution}\n\n${quoted}` }).visible).toBe('כן, תודה')
      }
  })
})

describe('a line from right to left whose breaks were lost', () => {
  it('is cut before the attribution, and keeps the marks of the answer', () => {
    const text =
      '\u202bכן, תודה\u202c \u202bבתאריך יום ג׳, 8 במרץ 2016 ב-10:02 מאת \u202aILN\u202c <r@p.example>:\u202c Yes, I confirm'
    expect(readReplyText({ text }).visible).toBe('\u202bכן, תודה\u202c')
  })
})
