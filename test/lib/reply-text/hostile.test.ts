import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostile } from '../../../bench/replies/hostile.ts'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'

/**
 * Some tens of milliseconds on a quiet machine (npm run bench:replies); here only that nothing takes minutes, as what is
 * not linear in the length would. Processor time, the best of five.
 */
const LIMIT_MS = 1000

describe('mail made to be slow to read', () => {
  it.each(hostile().map((mail) => [mail.name, mail] as const))('%s is read in time', (_, { text, html }) => {
    const input = html === undefined ? { text, sent: text?.slice(0, 20_000) } : { html }
    let best = Number.POSITIVE_INFINITY
    for (let turn = 0; turn < 5; turn++) {
      const started = process.cpuUsage()
      readReplyText(input)
      best = Math.min(best, process.cpuUsage(started).user / 1000)
    }
    expect(best).toBeLessThan(LIMIT_MS)
  })

  it('is looked at no further than 200,000 characters and 10,000 lines', () => {
    expect(readReplyText({ text: `Thank you\n${'x'.repeat(200_000)}\nYES` }).visible).not.toContain('YES')
    expect(readReplyText({ text: `Thank you\n${'\n'.repeat(10_000)}YES` }).visible).toBe('Thank you')
    expect(readReplyText({ html: `<p>Thank you</p>${'<br>x'.repeat(10_001)}YES` }).visible).not.toContain('YES')
  })
})

describe('any mail', () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '',
      '>',
      '> yes',
      '-- ',
      '--',
      'From: a@b.example',
      'Sent: 2 Feb 2016 11:12',
      'Subject: x',
      '-----Original Message-----',
    ),
    fc.constantFrom(
      'On 2 Feb 2016 at 11:12, A <a@b.example> wrote:',
      '<a@b.example> wrote:',
      '________',
      'Sent from my iPhone',
    ),
  )

  it('is read without failing, and nothing is visible that was not written', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join('\n')
        const read = readReplyText({ text })
        const written = new Set(text.split(/\r\n|\n|\r/).map((one) => one.trimEnd()))
        for (const one of read.visible.split('\n')) if (one !== '' && !written.has(one)) expect(text).toContain(one)
      }),
    )
  })

  it('shows nothing of a marked quote, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), fc.array(line, { maxLength: 10 }), (above, below) => {
        const text = [...above, '', '> Yes, I confirm', '> and more', '', ...below].join('\n')
        expect(readReplyText({ text }).visible).not.toContain('Yes, I confirm')
      }),
    )
  })

  it('shows nothing of a quote in HTML, whatever tags stand around it', () => {
    const tag = fc.constantFrom(
      ...[
        '<div>',
        '</div>',
        '<p>',
        '</p>',
        '<b>',
        '</b>',
        '<table><tr><td>',
        '</td></tr></table>',
        '<br>',
        'word',
        '<span>',
      ],
      ...['</span>', '<blockquote>', '<ul><li>', '</ul>', '<pre>', '</pre>', '<!--x-->', '&amp;', '<o:p>', '</o:p>'],
    )
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 20 }), fc.array(tag, { maxLength: 8 }), (around, within) => {
        const inner = within.filter((one) => !/^<\/(?:blockquote|div)>/.test(one)).join('')
        const html = `${around.join('')}<blockquote type="cite">${inner}Yes, I confirm</blockquote>${around.join('')}`
        expect(readReplyText({ html }).visible).not.toContain('Yes, I confirm')
      }),
    )
  })
})
