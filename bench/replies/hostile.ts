import type { Reply } from './sets.ts'

/** Mail that is meant to make a reader slow: all of them must be read in less than 50 ms. */
export function hostile(): Reply[] {
  const mail = (name: string, text: string, html?: string): Reply => ({
    set: 'hostile',
    name,
    text,
    ...(html === undefined ? {} : { html }),
    expected: '',
    quoted: [],
  })
  const nested = 10_000
  return [
    mail('one line of 200 KB', 'a b '.repeat(50_000)),
    mail('one word of 200 KB', 'a'.repeat(200_000)),
    mail('100,000 marks in a line', '>'.repeat(100_000)),
    mail('100,000 marked lines', '>\n'.repeat(100_000)),
    mail('100,000 empty lines', '\n'.repeat(100_000)),
    mail('10,000 beginnings', 'On 2 Feb 2016 at 11:12 somebody\n'.repeat(10_000)),
    mail('10,000 header names', 'From: a\n\n'.repeat(10_000)),
    mail('200 KB of addresses', '<a@b.example> '.repeat(14_000)),
    mail('200 KB of dashes', '-'.repeat(200_000)),
    mail('10,000 drawn lines', 'yes\n----\n'.repeat(5_000)),
    mail('10,000 names behind dashes', 'yes\n\n-Ana Souza\n'.repeat(3_300)),
    mail('lines like lost breaks', `${'on 2/2/2016 11:12 '.repeat(12)}wrote <a@b.example>: \n`.repeat(800)),
    mail('long lines like lost breaks', `${'on 2 Feb 2016 a wrote: '.repeat(86)}\n`.repeat(100)),
    mail('headers in long lines', `${'From: a@b.example 2016 '.repeat(86)}\n`.repeat(100)),
    mail('dashes in long lines', `${'---- a '.repeat(280)}\n`.repeat(100)),
    mail('10,000 links between marks', '> a\nhttps://b.example\n'.repeat(5_000)),
    mail('10,000 nested quotes', '', `${'<blockquote>'.repeat(nested)}deep${'</blockquote>'.repeat(nested)}`),
    mail('20,000 open tags, foreign ends', '', `${'<div><b>'.repeat(nested)}${'</i></td></span>'.repeat(nested)}`),
    mail('nested tables', '', `${'<table><tr><td>'.repeat(nested)}${'</td></tr></table>'.repeat(nested / 4)}`),
    mail('one attribute of 200 KB', '', `<div class="${'gmail_quote '.repeat(16_000)}">x</div>`),
  ]
}
