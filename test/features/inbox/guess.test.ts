import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Guess, guessReply } from '../../../src/features/inbox/guess/index.ts'
import { languageTags, MEANINGS, readLanguageFile } from '../../../src/features/inbox/guess/languages.ts'
import { readReplyText } from '../../../src/lib/reply-text/index.ts'

const ROUND = ['2016A', 'Spring 2016']
const guess = (visible: string) => guessReply({ visible, round: ROUND })
const short = ({ decision, acts }: Guess) => `${decision}${acts ? ', acts' : ''}`
const readData = (name: string) => parse(readFileSync(new URL(`./guess/${name}`, import.meta.url), 'utf8'))

const files = languageTags.map((tag) => ({ tag, file: readLanguageFile(tag) }))
const acting = files.flatMap(({ file }) => [...file.examples.acts.confirm, ...file.examples.acts.decline])

describe('the rules of a language', () => {
  test.each(files)('in $tag read their own examples as they say', ({ file }) => {
    const expected = [
      ...Object.entries(file.examples.acts).flatMap(([label, texts]) => texts.map((text) => [text, `${label}, acts`])),
      ...Object.entries(file.examples.waits).flatMap(([label, texts]) => (texts ?? []).map((text) => [text, label])),
    ] as [string, string][]
    const read = expected.map(([text, label]) => {
      const got = guess(text)
      return [text, label === 'any' && !got.acts ? 'any' : short(got)]
    })
    expect(read).toEqual(expected)
  })

  test.each(files)('in $tag have no list that nobody reads', ({ file }) => {
    const known = new Set<string>([...MEANINGS, 'sets', 'tolerates', 'examples', 'accents_matter'])
    expect(Object.keys(file).filter((key) => !known.has(key))).toEqual([])
    // Quotation marks within a line are letters to YAML: an open word in them would never be found.
    const lines = MEANINGS.flatMap((meaning) => file[meaning] ?? [])
    expect(lines.filter((line) => /"\*|\*"/.test(line))).toEqual([])
  })
})

const heldOut = ['held-out.yaml', 'second-held-out.yaml']
describe('replies the rules were not made with', () => {
  test.each(heldOut)('(%s) are never decided wrongly, and most clear answers are decided', (name) => {
    const held = Object.entries(readData(name) as Record<string, string[]>)
    const read = held.flatMap(([label, texts]) => texts.map((text) => ({ text, label, got: guess(text) })))
    const wrong = read.filter(({ label, got }) => got.acts && got.decision !== label)
    expect(wrong.map(({ text }) => text)).toEqual([])
    const clear = read.filter(({ label }) => label === 'confirm' || label === 'decline')
    const decided = clear.filter(({ got }) => got.acts)
    console.log(`${name}: ${read.length} replies, 0 wrong, ${decided.length} of ${clear.length} clear answers decided`)
    expect(decided.length / clear.length).toBeGreaterThan(0.8)
  })

  test('that look like answers and are none do not act', () => {
    const acted = (readData('traps.yaml') as string[]).filter((text) => guess(text).acts)
    expect(acted).toEqual([])
  })
})

describe('an answer that a person must see first', () => {
  test.each(Object.entries(readData('half-answers.yaml') as Record<string, string[]>))(
    'does not act: %s',
    (_why, texts) => {
      expect(texts.filter((text) => guess(text).acts)).toEqual([])
    },
  )
})

test('a refusal that is turned round declines nobody', () => {
  const declined = (readData('not-declined.yaml') as string[]).filter((text) => {
    const { acts, decision } = guess(text)
    return acts && decision === 'decline'
  })
  expect(declined).toEqual([])
})

describe('an answer', () => {
  test('shows the words that decided it as they were written', () => {
    expect(guess('Hello!\n\nYES – I hereby  CONFIRM my place.').words).toEqual(['YES', 'I hereby  CONFIRM my place'])
  })

  test('says why it is left to a person', () => {
    expect(guess('Yes, if my boss agrees.')).toMatchObject({
      decision: 'mixed',
      acts: false,
      because: 'The writer agrees, but the reply sets a condition and speaks of other people.',
    })
  })

  test.each([
    'Can I change it later?',
    'But only if my employer agrees.',
    'Please change my address.',
    'My colleague wants to take part too.',
    'No, wait: yes. No.',
    'xqzt vrrp blorg fnord zzyx',
  ])('does not act with %j behind it', (more) => {
    expect(acting.filter((text) => guess(`${text}\n\n${more}`).acts)).toEqual([])
  })

  test('of one kind before one of the other kind does not act', () => {
    for (const { file } of files) {
      const { confirm, decline } = file.examples.acts
      fc.assert(
        fc.property(fc.constantFrom(...confirm), fc.constantFrom(...decline), (yes, no) => {
          const lone = (text: string) => !/\n/.test(text)
          fc.pre(lone(yes) && lone(no))
          const both = guess(`${yes}\n\n${no}`)
          return !(both.acts && both.decision === 'confirm')
        }),
      )
    }
  })

  test('is the same in capitals and in decomposed characters', () => {
    for (const text of acting) {
      expect.soft(short(guess(text.normalize('NFD'))), text).toBe(short(guess(text)))
      const upper = guess(text.toUpperCase())
      if (upper.acts) expect.soft(upper.decision, text).toBe(guess(text).decision)
    }
  })

  test('about another round does not act, and naming this one changes nothing', () => {
    expect(short(guess('I confirm my participation in Round 2016A.'))).toBe('confirm, acts')
    expect(short(guess('I confirm my participation in Spring 2016.'))).toBe('confirm, acts')
    expect(guess('I confirm my participation in Round 2016B.').acts).toBe(false)
    expect(guess('I confirm my participation in Spring 2017.').acts).toBe(false)
    expect(guessReply({ visible: 'I confirm my participation in Round 2016A.' }).acts).toBe(false)
  })

  test('in the text that the subject contradicts does not act', () => {
    expect(short(guessReply({ visible: 'Yes', subject: 'NO' }))).toBe('mixed')
    expect(short(guessReply({ visible: 'Yes', subject: 'Re: Can you still take part? Please reply YES or NO' }))).toBe(
      'confirm, acts',
    )
  })

  test('of a machine is seen by its subject alone', () => {
    expect(short(guessReply({ visible: 'Yes', subject: 'Automatic reply: Can you still take part?' }))).toBe(
      'auto_reply',
    )
    expect(short(guessReply({ visible: 'Ja', subject: 'Abwesenheitsnotiz: Can you' }))).toBe('auto_reply')
  })
})

describe('hostile text', () => {
  test('never makes an exception and never acts by chance', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const { confidence, words } = guess(text)
        return confidence >= 0 && confidence <= 1 && words.every((span) => text.normalize('NFC').includes(span))
      }),
    )
  })

  test.each([
    ['one line', 'a'.repeat(200_000)],
    ['one line of at signs', '@'.repeat(200_000)],
    ['words', 'yes '.repeat(50_000)],
    ['question marks', '?'.repeat(200_000)],
    ['line ends', '\n'.repeat(200_000)],
    ['Chinese', '不'.repeat(200_000)],
    ['accents', `e${'\u0301'.repeat(200_000)}`],
  ])('of 200,000 characters (%s) is read in little time and decides nothing', (_name, text) => {
    const times = Array.from({ length: 8 }, () => {
      const began = performance.now()
      expect(guess(text).acts).toBe(false)
      return performance.now() - began
    })
    // 20 ms on an idle machine; what is not linear in the length would take minutes.
    expect(Math.min(...times)).toBeLessThan(1000)
  })

  test('a decision in a text longer than anybody answers is left to a person', () => {
    expect(guess(`I confirm my participation.\n\n${'I am a librarian. '.repeat(400)}`)).toMatchObject({ acts: false })
  })
})

const REPLIES = '../shared/data/mail/confirmation-replies.json'
describe.skipIf(!existsSync(REPLIES))(`the ${REPLIES} replies (skipped where that file is absent)`, () => {
  interface Sample {
    id: string
    locale: string
    label: string
    text: string
  }

  test('are decided without a mistake, at least 85 % of the clear ones', () => {
    const samples = JSON.parse(readFileSync(REPLIES, 'utf8')) as Sample[]
    const read = samples.map((sample) => {
      const { visible, had_quote } = readReplyText({ text: sample.text })
      return { ...sample, got: guessReply({ visible, had_quote, round: ROUND }) }
    })
    const cells = new Map<string, number>()
    for (const { locale, label, got } of read) {
      const key = `${locale}  ${label} → ${short(got)}`
      cells.set(key, (cells.get(key) ?? 0) + 1)
    }
    console.log(
      [...cells]
        .sort()
        .map(([key, count]) => `${String(count).padStart(3)}  ${key}`)
        .join('\n'),
    )
    expect(read.filter(({ label, got }) => got.acts && got.decision !== label)).toEqual([])
    const clear = read.filter(({ label }) => label === 'confirm' || label === 'decline')
    expect(clear.filter(({ got }) => got.acts).length / clear.length).toBeGreaterThanOrEqual(0.85)
  })
})
