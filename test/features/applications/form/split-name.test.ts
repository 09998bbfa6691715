import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitName } from '../../../../src/features/applications/form/split-name.ts'

test.each([
  ['Ana Souza', 'Ana', 'Ana', 'Souza'],
  ['Dr Ana María Souza', 'Ana', 'Ana', 'Dr María Souza'],
  ['Robert Smith', 'Bob', 'Bob', 'Smith'],
  ['Souza, Ana', 'Ana', 'Ana', 'Souza'],
  ['Nagy Katalin', 'Katalin', 'Katalin', 'Nagy'],
  ['郝浩軒', '浩軒', '浩軒', '郝'],
  ['김민준', '민준', '민준', '김'],
  ['أمينة الشريف', 'أمينة', 'أمينة', 'الشريف'],
  ['Suharto', 'Suharto', 'Suharto', ''],
  ['Suharto', 'Pak', 'Pak', ''],
  ['ANA SOUZA', 'Ana', 'Ana', 'SOUZA'],
  ['Anabel Souza', 'Ana', 'Ana', 'Souza'],
  ['  Ana \u00a0 Souza ', ' Ana', 'Ana', 'Souza'],
  ['İpek Işık', 'İpek', 'İpek', 'Işık'],
  ['Ana Souza', 'Ana Souza', 'Ana Souza', ''],
])('"%s", called "%s", is kept as "%s" and "%s"', (whole, called, given_name, family_name) => {
  expect(splitName(whole, called)).toEqual({ given_name, family_name })
})

test('what somebody is called is kept as it is, and no word is made up', () => {
  const word = fc.stringMatching(/^[A-Za-zéñ]{1,8}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), word, (words, called) => {
      const { given_name, family_name } = splitName(words.join(' '), called)
      expect(given_name).toBe(called)
      const left = family_name.split(' ').filter(Boolean)
      expect(left.length).toBe(words.length - 1)
      for (const one of left) expect(words).toContain(one)
    }),
  )
})
