import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { knownTags } from '../../../../src/features/mailchimp/mirror/desired.ts'
import { FIELDS, type Fields, fieldValue, ownTags } from '../../../../src/features/mailchimp/mirror/fields.ts'
import {
  agreedAfter,
  type Decision,
  type Desired,
  decide,
  digestOf,
  isInStep,
  type MemberRow,
  type Present,
} from '../../../../src/features/mailchimp/mirror/rules.ts'

const NAMES = ['', 'Amina', 'Amina', 'Mateo', 'مريم', 'Łucja', '<b>x</b>', 'www.example.org']
const TAGS = ['2016A applied', '2016A confirmed', '2015B confirmed', '2015B waitlisted']
const STATUSES = [
  ...['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived', 'absent'],
] as MemberRow['status'][]
const TROUBLES = [
  null,
  'compliance',
  'unsubscribed',
  'pending',
  'refused',
  'archived_there',
  'address_changed',
] as const

const value = fc.constantFrom(...NAMES)
const fields: fc.Arbitrary<Fields> = fc.record({
  ...{ given_name: fc.constantFrom('Amina', 'Mateo', 'مريم'), family_name: value, country: value, round: value },
  ...{ state: value, partner: value, language: fc.constantFrom('en', 'fr', 'pt-BR') },
})
const theirs: fc.Arbitrary<Partial<Fields>> = fc.record({
  ...{ given_name: value, family_name: value, country: value, round: value, state: value, partner: value },
  language: fc.constantFrom('en', 'fr', 'FR', 'klingon', ''),
})
const time = fc.constantFrom(new Date('2016-01-01'), new Date('2016-02-01'), new Date('2016-03-01'))
const present: fc.Arbitrary<Present> = fc.record({
  ...{ want: fc.constant('there' as const), address: fc.constant('a@x.example'), hash: fc.constant('h') },
  ...{ fields, tags: fc.subarray(TAGS), updated_at: time },
})
const desired: fc.Arbitrary<Desired> = fc.oneof(
  { weight: 3, arbitrary: present },
  fc.constantFrom<Desired>({ want: 'away' }, { want: 'stopped' }, { want: 'erased' }),
)
const member: fc.Arbitrary<MemberRow> = fc.record({
  ...{ hash: fc.constant('h'), person_id: fc.constant(1), address: fc.constant('a@x.example') },
  ...{ status: fc.constantFrom(...STATUSES), seen_status: fc.constantFrom(null, ...STATUSES) },
  ...{ fields: theirs, tags: fc.subarray(TAGS), agreed: fc.oneof(theirs, fc.constant({})), is_ours: fc.boolean() },
  ...{ digest: fc.constantFrom(null, 'old'), changed_there_at: fc.option(time), read_at: fc.option(time) },
  ...{ written_at: fc.option(time), trouble: fc.constantFrom(...TROUBLES), left_at: fc.constant(null) },
})
const known = fc.oneof({ weight: 5, arbitrary: member }, fc.constant(null))

/** Both sides after a decision was noted and taken there. */
function done(
  wanted: Desired,
  row: MemberRow | null,
  decision: Decision,
): { desired: Desired; member: MemberRow | null } {
  const settled = row && {
    ...row,
    seen_status: row.status,
    agreed: agreedAfter(row, decision),
    trouble: decision.trouble,
  }
  if (decision.stop !== null) return { desired: { want: 'stopped' }, member: settled }
  if (decision.remove === 'delete') return { desired: wanted, member: null }
  if (decision.remove === 'archive')
    return { desired: wanted, member: { ...(settled as MemberRow), status: 'archived', is_ours: true } }
  const base = settled ?? { ...NEW }
  const tags = [...base.tags.filter((tag) => !decision.tags_remove.includes(tag)), ...decision.tags_add]
  const written =
    decision.write === 'none'
      ? base
      : {
          ...base,
          ...{ fields: decision.fields, agreed: decision.fields, is_ours: decision.write === 'add' || base.is_ours },
          status: decision.write === 'add' ? ('subscribed' as const) : base.status,
        }
  const seen = {
    ...written,
    seen_status: written.status,
    tags: [...new Set(decision.write === 'add' ? decision.tags_add : tags)],
  }
  if (wanted.want !== 'there') return { desired: wanted, member: row && seen }
  // What is taken over stands here now.
  const here = { ...wanted.fields }
  for (const [field, taken] of Object.entries(decision.take)) here[field as 'given_name'] = fieldValue(taken)
  for (const { field, kept } of decision.clashes)
    if (kept === 'theirs') here[field as 'given_name'] = decision.fields[field as 'given_name'] as string
  return { desired: { ...wanted, fields: here }, member: row || decision.write === 'add' ? seen : null }
}

const NEW: MemberRow = {
  ...{ hash: 'h', person_id: 1, address: 'a@x.example', status: 'absent', seen_status: 'absent', fields: {}, tags: [] },
  ...{ agreed: {}, is_ours: true, digest: null, changed_there_at: null, read_at: null, written_at: null },
  ...{ trouble: null, left_at: null },
}

const always = (check: (wanted: Desired, row: MemberRow | null, decision: Decision) => void) =>
  fc.assert(
    fc.property(desired, known, (wanted, row) => check(wanted, row, decide({ desired: wanted, member: row }))),
    { numRuns: 3000 },
  )

describe('decide', () => {
  test('says nothing once what it said is done', () => {
    always((wanted, row, decision) => {
      const after = done(wanted, row, decision)
      expect(isInStep(decide(after))).toBe(true)
    })
  })

  test('subscribes nobody but who is not there, or whom we took out', () => {
    always((_, row, { write }) => {
      if (write !== 'add' || !row) return
      expect(row.status === 'absent' || (row.status === 'archived' && row.is_ours)).toBe(true)
    })
  })

  test('never both writes and removes, nor tags who is taken out', () => {
    always((_, __, { write, remove, tags_add, tags_remove }) => {
      if (remove !== 'none') expect([write, tags_add, tags_remove]).toEqual(['none', [], []])
    })
  })

  test('writes nothing to who has left, whatever is wanted here', () => {
    always((wanted, row, { write, remove, tags_add }) => {
      if (row?.status !== 'unsubscribed' && row?.status !== 'cleaned') return
      expect([write, tags_add]).toEqual(['none', []])
      expect(remove).toBe(wanted.want === 'erased' ? 'delete' : 'none')
    })
  })

  test('names no tag that is not ours', () => {
    always((wanted, row, { tags_add, tags_remove }) => {
      for (const tag of tags_remove) expect(row?.tags).toContain(tag)
      for (const tag of tags_add) expect(wanted.want === 'there' && wanted.tags.includes(tag)).toBe(true)
    })
  })

  test('archives contacts of others only when they must not be mailed', () => {
    always((wanted, row, { remove }) => {
      if (remove === 'archive') expect(row?.is_ours || wanted.want === 'stopped').toBe(true)
    })
  })

  test('takes over nothing that could not stand here', () => {
    always((_, __, { take }) => {
      for (const taken of Object.values(take))
        expect(['', '<b>x</b>', 'www.example.org', 'klingon']).not.toContain(taken)
    })
  })
})

const FULL = { ...NEW, status: 'subscribed', seen_status: 'subscribed' } as MemberRow
const HERE: Present = {
  ...{ want: 'there', address: 'a@x.example', hash: 'h', tags: ['2016A confirmed'] },
  fields: {
    ...{ given_name: 'Amina', family_name: 'Okafor', country: 'Kenya', round: '2016A', state: 'confirmed' },
    ...{ partner: '', language: 'en' },
  },
  updated_at: new Date('2016-02-01'),
}
const IN_STEP: MemberRow = { ...FULL, fields: HERE.fields, agreed: HERE.fields, tags: HERE.tags }

describe('who changed what', () => {
  test('a name that only they changed is taken over', () => {
    const row = { ...IN_STEP, fields: { ...HERE.fields, family_name: 'Otieno' } }
    expect(decide({ desired: HERE, member: row })).toMatchObject({
      ...{ take: { family_name: 'Otieno' }, write: 'none', clashes: [] },
    })
  })

  test('a country that they changed is ours again: it is not theirs to say', () => {
    const row = { ...IN_STEP, fields: { ...HERE.fields, country: 'Peru' } }
    expect(decide({ desired: HERE, member: row })).toMatchObject({ take: {}, write: 'change', clashes: [] })
  })

  test.each([
    [new Date('2016-01-31'), 'ours', 'change'],
    [new Date('2016-02-01'), 'ours', 'change'],
    [null, 'ours', 'change'],
    [new Date('2016-02-02'), 'theirs', 'none'],
  ])('of a name changed on both sides the newer is kept (theirs of %s: %s)', (changed_there_at, kept, write) => {
    const agreed = { ...HERE.fields, given_name: 'Ami' }
    const row = { ...IN_STEP, changed_there_at, agreed, fields: { ...HERE.fields, given_name: 'Mina' } }
    const decision = decide({ desired: HERE, member: row })
    expect(decision.clashes).toMatchObject([
      { field: 'given_name', agreed: 'Ami', ours: 'Amina', theirs: 'Mina', kept },
    ])
    expect(decision.write).toBe(write)
  })

  test('a field that was emptied there, as one that was made anew is, empties nothing here', () => {
    const row = { ...IN_STEP, fields: { ...HERE.fields, family_name: '' } }
    expect(decide({ desired: HERE, member: row })).toMatchObject({ take: {}, write: 'change' })
  })

  test('what Mailchimp refused is tried again only when something else is wanted', () => {
    const row = { ...NEW, trouble: 'refused' as const, digest: digestOf(HERE) }
    expect(isInStep(decide({ desired: HERE, member: row }))).toBe(true)
    const changed = { ...HERE, fields: { ...HERE.fields, family_name: 'Otieno' } }
    expect(decide({ desired: changed, member: row }).write).toBe('add')
  })

  test('who came back here and is unsubscribed there is for a person', () => {
    const row = { ...IN_STEP, status: 'unsubscribed', seen_status: 'unsubscribed' } as MemberRow
    expect(decide({ desired: HERE, member: row })).toMatchObject({ trouble: 'unsubscribed', stop: null, write: 'none' })
  })
})

test('values are one line, cut at a character at 255 octets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const cut = fieldValue(text)
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(255)
      expect(cut).toBe(fieldValue(cut))
      expect(cut).not.toMatch(/^\s|\s$|\s\s|[\n\r\t]/u)
      expect(cut.isWellFormed()).toBe(true)
    }),
  )
  expect(FIELDS).toHaveLength(7)
})

test('tags are ours when they are a known round and state, in whatever capitals, as Mailchimp compares them', () => {
  const known = knownTags(['2016A'])
  expect(ownTags(['2016A confirmed', '2016a Applied', '2014 confirmed', 'VIP', 'Pairpost 3 en'], known)).toEqual([
    '2016A confirmed',
    '2016a Applied',
  ])
})
