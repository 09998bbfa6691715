import { expect, test } from 'vitest'
import { openWordsReader } from '../../../src/features/inbox/read/words-reader.ts'

const INPUT = {
  ...{ text: 'Yes, I confirm my participation.\n\n> Please reply YES or NO', html: undefined, sent: undefined },
  ...{ subject: 'Re: x', round: '2016A', has_meaning: true },
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

test.each(['stuck', 'failing', 'ending', 'missing'])('a %s thread costs its text and no other', async (how) => {
  const bad = new URL('./bad-thread.ts', import.meta.url)
  const module = how === 'missing' ? new URL(`${bad.href}.none`) : bad
  const read = openWordsReader({ limitMs: 300, module })
  const all = await Promise.all([read({ ...INPUT, text: how }), read({ ...INPUT, text: 'well' })])
  expect(all).toEqual([undefined, how === 'missing' ? undefined : { visible: 'well', quoted: '', guess: null }])
})
