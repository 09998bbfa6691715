import { describe, expect, it } from 'vitest'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'
import { PROGRAM_FOOTERS } from './footers.ts'

/** Answers that begin or go on like a footer, or speak of a telephone. */
const ANSWERS = [
  'Von meinem Handy aus kann ich den Link nicht öffnen, aber ja.',
  'С моего телефона ссылка не открывается, но да, участвую.',
  'من هاتفي لا أستطيع فتح الرابط، نعم أشارك',
  'मैं अपने फोन से लिखती हूँ: हाँ',
  'मेरे फोन से लिंक नहीं खुलता, हाँ',
  'Vanaf mijn telefoon lukt de link niet, ja graag',
  'Desde mi móvil no puedo abrir el enlace, confirmo',
  '来自我的邮箱，我参加',
  '我用手机发送不了，但我参加',
  '다음 메일에서 답할게요, 네',
  'از طرف من بله',
]

describe('the footer of a telephone or a mail program', () => {
  it.each(Object.entries(PROGRAM_FOOTERS))('in %s is no word of the writer', (_, footers) => {
    for (const footer of footers) {
      expect(readReplyText({ text: `OK\n\n${footer}\n` }).visible).toBe('OK')
      expect(readReplyText({ text: `${footer}\n\nOK` }).visible).toBe('OK')
      expect(readReplyText({ text: `OK\n\n${footer}` }).signature).toBe(footer)
    }
  })

  it.each(ANSWERS)('is not what begins “%s”', (answer) => {
    expect(readReplyText({ text: `Hello\n${answer}` }).visible).toBe(`Hello\n${answer}`)
  })
})
