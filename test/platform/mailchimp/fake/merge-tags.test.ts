import { describe, expect, test } from 'vitest'
import { fillIn } from '../../../../src/platform/mailchimp/fake/merge-tags.ts'

const values = (known: Record<string, string>) => (name: string) => known[name]
const fill = (template: string, known: Record<string, string>) => fillIn(template, values(known))

describe('merge tags', () => {
  test.each([
    ['Dear *|FNAME|*,', { FNAME: 'Ada' }, 'Dear Ada,'],
    ['*|IF:FNAME|*Dear *|FNAME|**|ELSE:|*Hello*|END:IF|*!', { FNAME: 'Ada' }, 'Dear Ada!'],
    ['*|IF:FNAME|*Dear *|FNAME|**|ELSE:|*Hello*|END:IF|*!', { FNAME: '' }, 'Hello!'],
    ['*|IFNOT:PARTNER|*alone*|END:IF|*', {}, 'alone'],
    ['*|IF:A=1|*one*|ELSEIF:A=2|*two*|ELSE:|*more*|END:IF|*', { A: '2' }, 'two'],
    ['*|IF:A!=1|*other*|END:IF|*', { A: '1' }, ''],
    ['*|IF:A|*a*|IF:B|*b*|ELSE:|*no b*|END:IF|**|END:IF|*.', { A: '1', B: '' }, 'ano b.'],
    ['*|IF:A|*a*|IF:B|*b*|END:IF|**|END:IF|*.', { A: '', B: '1' }, '.'],
    ['*|UPPER:FNAME|* *|URL:FNAME|*', { FNAME: 'a b' }, 'A B a%20b'],
    ['*|NOSUCH|* 2 *| 3', {}, '*|NOSUCH|* 2 *| 3'],
  ])('%s with %o is %s', (template, known, filled) => {
    expect(fill(template, known as Record<string, string>)).toBe(filled)
  })

  test('of a value are not filled in again', () => {
    expect(fill('*|FNAME|*', { FNAME: '*|EMAIL|*', EMAIL: 'a@example.org' })).toBe('*|EMAIL|*')
  })
})
