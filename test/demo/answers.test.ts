import { expect, test } from 'vitest'
import { readAnswerPhrases } from '../../src/demo/answers/phrases.ts'
import { planAnswer } from '../../src/demo/answers/plan.ts'
import { readDemoFates } from '../../src/demo/files.ts'
import { guessReply } from '../../src/features/inbox/guess/index.ts'

test('made-up people answer in the language of their country, the same in every run', async () => {
  const phrasesOf = await readAnswerPhrases()
  expect(phrasesOf('JP').confirm).toContain('はい')
  expect(phrasesOf('XX')).toBe(phrasesOf('GB'))
  for (const [address, country, fate] of await readDemoFates())
    expect(planAnswer(address, fate, phrasesOf(country))).toEqual(planAnswer(address, fate, phrasesOf(country)))
})

test('what they write means what they mean: read as it is, nobody is taken for the opposite', async () => {
  const phrasesOf = await readAnswerPhrases()
  const countries = new Set((await readDemoFates()).map(([, country]) => country))
  for (const country of countries) {
    for (const meant of ['confirm', 'decline'] as const) {
      for (const visible of phrasesOf(country)[meant]) {
        const { decision, acts } = guessReply({ visible, had_quote: true })
        if (acts) expect([visible, decision]).toEqual([visible, meant])
      }
    }
  }
})
