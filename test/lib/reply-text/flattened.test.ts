import { describe, expect, it } from 'vitest'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'

const LOST_BREAKS: readonly (readonly [program: string, text: string, visible: string])[] = [
  [
    'Gmail',
    'Yes please On Tue, Feb 2, 2016, 11:12 AM ILN <r@p.example> wrote: > Dear Ana, > Yes, I confirm',
    'Yes please',
  ],
  [
    'Gmail in French',
    'Oui merci Le mar. 2 févr. 2016 à 11:12, ILN <r@p.example> a écrit : Yes, I confirm',
    'Oui merci',
  ],
  ['Gmail in German', 'Ja gerne Am 02.02.2016 um 11:12 schrieb ILN <r@p.example>: Yes, I confirm', 'Ja gerne'],
  ['Gmail in Spanish', 'Sí El mar, 2 feb 2016 a las 11:12, ILN (<r@p.example>) escribió: Yes, I confirm', 'Sí'],
  ['Gmail in Russian', 'Да вт, 2 февр. 2016 г. в 11:12, ILN <r@p.example>: Yes, I confirm', 'Да'],
  ['Samsung', 'ok-------- Original message --------From: ILN <r@p.example> Date: 2/2/16 To: a Yes, I confirm', 'ok'],
  [
    'Outlook',
    'Sure. From: ILN <r@p.example> Sent: Tuesday, February 2, 2016 To: Ana Subject: Can you Yes, I confirm',
    'Sure.',
  ],
  [
    'Yahoo',
    'Gladly! Sent from Yahoo Mail on Android On Tue, 2 Feb, 2016 at 15:42, ILN<r@p.example> wrote:   Yes, I confirm',
    'Gladly!',
  ],
  [
    'Yahoo, own line',
    'Gladly!\n\n  On Tue, 2 Feb, 2016 at 15:42, ILN<r@p.example> wrote:   Dear Ana,\nYes, I confirm',
    'Gladly!',
  ],
  [
    'nobody',
    'On 2 February 2016 I wrote to you: my address is ana@library.example, from 8 to 9.',
    'On 2 February 2016 I wrote to you: my address is ana@library.example, from 8 to 9.',
  ],
]

describe('a reply whose line breaks were lost', () => {
  it.each(LOST_BREAKS)('is cut within the line where %s begins its quote', (_, text, visible) => {
    expect(readReplyText({ text }).visible).toBe(visible)
  })
})

describe('a reply with other marks', () => {
  it('keeps answers between marked lines without blank lines', () => {
    const text =
      'On Tue, 2 Feb 2016 at 11:12, ILN wrote:\n> Do you still want to take part?\nyes\n> Can you answer within a week?\nmostly\n> Yes, I confirm'
    expect(readReplyText({ text }).visible).toBe('yes\n\nmostly')
  })

  it('takes the rest of a marked line that a program wrapped without a mark along', () => {
    const text =
      'Thank you\n\n> Before we look for your partner, we have to know that you still\nwant to take part.\n> Yes, I confirm'
    expect(readReplyText({ text }).visible).toBe('Thank you')
  })

  it('takes a header in a table of bars for what it is, and all below it', () => {
    const text =
      '好的\n\n---- 回复的原邮件 ----\n| 发件人 | ILN<r@p.example> |\n| 日期 | 2016年02月02日 18:12 |\n| 主题 | Can you |\nYes, I confirm'
    expect(readReplyText({ text }).visible).toBe('好的')
  })

  it('takes a header below Outlook’s underscores in a language nobody entered for what it is', () => {
    const text = 'Taip\n\n________________________________\nNuo: ILN <r@p.example>\nKam: Ana\nYes, I confirm'
    expect(readReplyText({ text }).visible).toBe('Taip')
  })

  it('keeps what is written below the footer of a telephone when nothing is above it', () => {
    expect(readReplyText({ text: 'Sent from my iPhone\n\nYes, gladly' }).visible).toBe('Yes, gladly')
    expect(readReplyText({ text: 'Gladly\n\nSent from my iPhone\n\nYes, I confirm' }).visible).toBe('Gladly')
  })

  it('has the quote and the signature apart', () => {
    const text = 'Gladly\n-- \nAna\n\nOn Tue, 2 Feb 2016 at 11:12, ILN wrote:\n> Dear Ana,\n'
    expect(readReplyText({ text })).toEqual({
      visible: 'Gladly',
      signature: '--\nAna',
      quoted: 'On Tue, 2 Feb 2016 at 11:12, ILN wrote:\n> Dear Ana,',
      from: 'text',
      had_quote: true,
    })
  })

  it('is empty without parts', () => {
    const nothing = { visible: '', quoted: '', signature: '', from: 'text', had_quote: false }
    expect(readReplyText({})).toEqual(nothing)
    expect(readReplyText({ text: '\n \n', html: '' })).toEqual(nothing)
  })
})
