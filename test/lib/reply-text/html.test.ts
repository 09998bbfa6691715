import { describe, expect, it } from 'vitest'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'
import { HTML_PROGRAMS } from './html-programs.ts'

const LETTER =
  '<table><tr><td><p>Dear Ana,</p><p>please reply <b>YES</b> to confirm or NO to decline.</p></td></tr><tr><td><a href="https://programme.example/c/abc">Yes, I confirm</a></td></tr></table><div>Warm regards,<br>Helena</div>'

const fill = (html: string, answer: string) => html.replace('ANSWER', answer).replace('LETTER', LETTER)

describe('the visible text of a reply in HTML', () => {
  it.each(HTML_PROGRAMS)('is what was written with %s', (_, html) => {
    const read = readReplyText({ html: fill(html, 'Thank you, I shall be there.') })
    expect(read).toMatchObject({ visible: 'Thank you, I shall be there.', from: 'html', had_quote: true })
    expect(read.quoted).toContain('Yes, I confirm')
  })

  it.each(HTML_PROGRAMS)('is empty when nothing was written with %s', (_, html) => {
    const { visible, had_quote } = readReplyText({ html: fill(html, '') })
    expect([visible, had_quote]).toEqual(['', true])
  })

  it.each(HTML_PROGRAMS)('keeps lines and right-to-left words with %s', (_, html) => {
    const { visible } = readReplyText({ html: fill(html, 'مرحبا،<br><br>نعم، أؤكد مشاركتي.') })
    expect(visible).toBe('مرحبا،\n\nنعم، أؤكد مشاركتي.')
  })

  it('keeps answers between the quotes of Gmail, and nothing of the quotes', () => {
    const quote = (text: string) => `<blockquote class="gmail_quote">${text}</blockquote>`
    const html = `<div class="gmail_quote"><div class="gmail_attr">On Tue, ILN wrote:</div>${quote('Can you begin in May? Yes, I confirm')}<div>Yes.</div>${quote('Every week?')}<div>Every second.</div></div>`
    expect(readReplyText({ html }).visible).toBe('Yes.\n\nEvery second.')
  })

  it('keeps what Gmail indents without a border', () => {
    const html =
      '<div dir="ltr">My reasons:<blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>time</div></blockquote></div>'
    expect(readReplyText({ html }).visible).toBe('My reasons:\ntime')
  })

  it('shows a thumb that was sent as a picture', () => {
    const html =
      '<div><img data-emoji="👍" alt="👍" src="https://e.example/e.png"></div><div class="gmail_quote"><blockquote>Yes, I confirm</blockquote></div>'
    expect(readReplyText({ html }).visible).toBe('👍')
  })

  it('shows nothing that is hidden, and no style, script or title', () => {
    const html =
      '<head><title>YES</title><style>p{}</style></head><body><div style="display:none">Yes, I confirm</div><script>yes()</script><p>Thank you</p></body>'
    expect(readReplyText({ html }).visible).toBe('Thank you')
  })

  it('reads the text part where the HTML has no structure it knows', () => {
    const text = 'Thank you\n\nOn Tue, 2 Feb 2016 at 11:12, ILN <r@p.example> wrote:\n> Yes, I confirm'
    expect(readReplyText({ text, html: '<p>Thank you</p><p>Yes, I confirm</p>' })).toMatchObject({
      visible: 'Thank you',
      from: 'text',
    })
  })

  it('reads the HTML where the text part has lost the marks of the quote', () => {
    const html = fill(HTML_PROGRAMS[0]?.[1] as string, 'Thank you')
    expect(readReplyText({ text: 'Thank you\nDear Ana,\nYes, I confirm', html })).toMatchObject({
      visible: 'Thank you',
      from: 'html',
    })
  })

  it('does not end a quote at an end tag that belongs to something within it or around a table', () => {
    const html =
      '<p>Thank you</p><div class="gmail_quote"><b><table><tr><td></div></blockquote></b>Yes, I confirm</td></tr></table></i>YES</div>'
    expect(readReplyText({ html }).visible).toBe('Thank you')
  })

  it('takes an unclosed quote to the end', () => {
    expect(readReplyText({ html: '<p>Thank you</p><blockquote type="cite"><p>Yes, I confirm<p>YES' }).visible).toBe(
      'Thank you',
    )
  })
})
