import { expect, test, vi } from 'vitest'
import { openWordsReader } from '../../../src/features/inbox/read/words-reader.ts'

const INPUT = {
  ...{ text: 'Yes, I confirm my participation.\n\n> Please reply YES or NO', html: undefined, sent: undefined },
  ...{ subject: 'Re: x', round: ['2016A'], has_meaning: true },
}

test('texts are read in a thread, one after the other', async () => {
  const read = openWordsReader()
  const all = await Promise.all([
    read(INPUT),
    read({ ...INPUT, text: 'No\0 \ud800' }),
    read({ ...INPUT, has_meaning: false }),
  ])
  expect(all).toMatchObject([
    { visible: 'Yes, I confirm my participation.', guess: { decision: 'confirm' } },
    { visible: 'No �', guess: expect.anything() },
    { guess: null },
  ])
})

test.each([
  ['stuck', 'late'],
  ['failing', 'failed'],
  ['ending', 'ended'],
  ['missing', 'not_begun'],
])('a %s thread costs its text and no other, and is told of once', async (text, code) => {
  const bad = new URL('../../platform/threads/bad-thread.ts', import.meta.url)
  const module = code === 'not_begun' ? new URL(`${bad.href}.none`) : bad
  const onFault = vi.fn()
  const read = openWordsReader({ limitMs: 300, module, onFault })
  expect(await read({ ...INPUT, text })).toBeUndefined()
  expect(onFault.mock.calls).toEqual([[expect.objectContaining({ code })]])
  if (code !== 'not_begun') expect(await read({ ...INPUT, text: 'well' })).toMatchObject({ text: 'well' })
})
