import { describe, expect, it } from 'vitest'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'

const SENT = `Dear Ana,

Good news: there is a place for you in the spring round. Before we look for your partner, we have to know that you
still want to take part.

Please reply YES to confirm or NO to decline. You can also use this link:

Confirm or decline my place: https://programme.example/c/abc

- Answer your partner's messages within one week.
- Be in touch with your partner at least every two weeks.

Please answer by 12 February.

Warm regards,
Helena Osei
The Librarians' Programme`

const read = (text: string, sent: string | undefined = SENT) => readReplyText({ text, sent })
const rewrapped = (width: number) =>
  SENT.replace(/(?<!\n)\n(?!\n)/g, ' ').replace(new RegExp(`(.{1,${width}})(?: |$)`, 'gm'), '$1\n')

describe('our own words in a reply', () => {
  it('are taken out where nothing marks them', () => {
    expect(read(`Thank you, with pleasure!\n\n${SENT}`)).toMatchObject({
      visible: 'Thank you, with pleasure!',
      had_quote: true,
    })
    expect(read(`${SENT}\n\nThank you, with pleasure!`).visible).toBe('Thank you, with pleasure!')
  })

  it.each([20, 40, 72, 300])('are taken out wrapped anew at %i characters', (width) => {
    expect(read(`Thank you!\n\n${rewrapped(width)}`).visible).toBe('Thank you!')
  })

  it('are taken out in other case, with other blanks, marks and links in brackets', () => {
    const changed = SENT.toUpperCase()
      .replaceAll(' ', '\u00a0 ')
      .replace('HTTPS://PROGRAMME.EXAMPLE/C/ABC', '<https://programme.example/c/abc>')
    expect(read(`Thank you!\n\n${changed}`).visible).toBe('Thank you!')
    expect(read(`Thank you!\n\n${SENT.replace(/^/gm, '| ')}`).visible).toBe('Thank you!')
  })

  it('leave an empty answer where there is nothing else', () => {
    expect(read(SENT).visible).toBe('')
    expect(read(rewrapped(60)).visible).toBe('')
    expect(read('Please answer.', 'Please answer.').visible).toBe('')
    expect(readReplyText({ html: `<p>${SENT.replaceAll('\n', '<br>')}</p>`, sent: SENT }).visible).toBe('')
  })

  it('are cut out of a line that they share with the answer', () => {
    const flat = SENT.replace(/\s+/g, ' ')
    expect(read(`Thank you, gladly. ${flat}`).visible).toBe('Thank you, gladly.')
    expect(read(`${flat} Thank you, gladly.`).visible).toBe('Thank you, gladly.')
  })

  it('leave answers that stand between them', () => {
    const lines = SENT.split('\n')
    const text = [...lines.slice(0, 4), 'yes, I do', ...lines.slice(4, 10), 'fine', ...lines.slice(10)].join('\n')
    expect(read(text).visible).toBe('yes, I do\n\nfine')
  })

  it('are the writer’s when they are few: who answers us in our words has answered', () => {
    for (const answer of [
      'Yes, I still want to take part.',
      'YES',
      'NO to decline',
      'Confirm or decline my place',
      'Warm regards,\nHelena',
    ])
      expect(read(answer).visible).toBe(answer)
  })

  it('do not take a one-word answer along that stands above them', () => {
    expect(read(`YES\n${SENT}`).visible).toBe('YES')
    expect(read(`no\n${rewrapped(70)}`).visible).toBe('no')
  })

  it('are found in scripts without blanks', () => {
    const sent = '安娜您好，春季活动有您的名额。在为您寻找伙伴之前，我们需要知道您是否仍然愿意参加。请回复是或否。'
    expect(read(`好的，我参加。\n\n${sent}`, sent).visible).toBe('好的，我参加。')
    expect(read(`${sent.slice(0, 20)}\n${sent.slice(20)}\n好的`, sent).visible).toBe('好的')
  })
})
