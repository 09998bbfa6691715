import { expect, test } from 'vitest'
import { keepSide, listClashes } from '../../../../src/features/mailchimp/back/clashes.ts'
import { addBackRoutes } from '../../../../src/features/mailchimp/back/routes.ts'
import { takeFromThere } from '../../../../src/features/mailchimp/back/take.ts'
import { decideTrouble, listTroubles } from '../../../../src/features/mailchimp/back/troubles.ts'
import { asRole, openApiApp } from '../../../support/api-app.ts'
import { addApplicant, suppress } from '../../campaigns/round.ts'
import { FIELDS, MERGES, openStage } from './stage.ts'
import { addMember, hashOf } from './told.ts'

/** Both sides changed the given name since they agreed on Ana; ours is older. */
async function openClash() {
  const stage = await openStage()
  const { db, put, tell, settle } = stage
  await db
    .updateTable('people')
    .set({ given_name: 'Anita', updated_at: new Date('2016-02-01T00:00:00Z') })
    .execute()
  put('ana@x.example', { merge_fields: { ...MERGES, FNAME: 'Anna' }, last_changed: new Date('2016-03-01T08:00:00Z') })
  await tell('profile', { email: 'ana@x.example' })
  await settle()
  const [clash] = (await listClashes(stage.deps)).items
  const keep = (side: 'ours' | 'theirs', id = clash?.id as number) => keepSide(stage.deps, { id, side, by: 'staff 3' })
  return { ...stage, clash, keep }
}

test('a clash: the newer side is kept by rule, and the other can be chosen; said twice it changes nothing more', async () => {
  const { db, clash, keep, person, changes, member, deps } = await openClash()
  expect(clash).toMatchObject({
    ...{
      field: 'given_name',
      agreed: 'Ana',
      ours: 'Anita',
      theirs: 'Anna',
      kept: 'theirs',
      kept_by: 'rule',
      seen_at: null,
    },
    given_name: 'Anna',
  })
  expect(await person()).toMatchObject({ given_name: 'Anna' })
  await db.deleteFrom('mailchimp_changes').execute()
  expect(await keep('ours')).toMatchObject({ kept: 'ours', kept_by: 'staff 3', seen_at: deps.clock.now() })
  expect(await person()).toMatchObject({ given_name: 'Anita' })
  // What both agreed on is theirs: so ours is a change, which the next sync writes there.
  expect((await member())?.agreed).toMatchObject({ given_name: 'Anna' })
  expect(await changes()).toBeGreaterThan(0)
  const again = await keep('ours')
  expect(again).toMatchObject({ kept: 'ours', kept_by: 'staff 3' })
  expect(await keep('theirs')).toMatchObject({ kept: 'theirs' })
  expect(await person()).toMatchObject({ given_name: 'Anna' })
})

test('two who decide at once decide one after the other', async () => {
  const { keep, person, deps } = await openClash()
  await Promise.all([keep('ours'), keep('theirs'), keep('ours')])
  const [clash] = (await listClashes(deps)).items
  const { given_name } = await person()
  expect(given_name).toBe(clash?.kept === 'ours' ? 'Anita' : 'Anna')
})

test('a clash is no reason to undo what was changed since, and an unknown one is not found', async () => {
  const { db, keep, person } = await openClash()
  await db.updateTable('people').set({ given_name: 'Annika' }).execute()
  await expect(keep('ours')).rejects.toMatchObject({ code: 'clash_overtaken' })
  expect(await person()).toMatchObject({ given_name: 'Annika' })
  await expect(keep('ours', 999)).rejects.toThrow('Clash 999 was not found.')
})

test('taking over the same twice is one clash, one stop and one entry', async () => {
  const { db, deps, person_id, hash, stops, consents } = await openStage()
  const at = deps.clock.now()
  const clash = {
    field: 'language',
    agreed: 'en',
    ours: 'fr',
    theirs: 'ar',
    ours_at: at,
    theirs_at: at,
    kept: 'ours',
  } as const
  const input = {
    person_id,
    member_hash: hash,
    take: { given_name: 'Anna' },
    clashes: [clash],
    stop: 'unsubscribed',
    at,
  } as const
  for (let time = 0; time < 3; time++) await db.transaction().execute((tx) => takeFromThere(tx, input))
  expect((await listClashes(deps)).items).toHaveLength(1)
  expect([await stops(), await consents()]).toMatchObject([[{}], [{}]])
  expect(await db.selectFrom('audit_log').selectAll().execute()).toHaveLength(1)
  expect(await db.transaction().execute((tx) => takeFromThere(tx, { ...input, person_id: 999 }))).toEqual({
    changed: [],
    stopped: false,
  })
})

/** Mailchimp says that Ana is at another address now. */
async function openMove(new_address = 'ana@new.example') {
  const stage = await openStage()
  const { put, tell, settle, hash, deps } = stage
  put('ana@x.example', null)
  put(new_address, {})
  await tell('upemail', { old_email: 'ana@x.example', new_email: new_address })
  await settle()
  const decide = (decision: 'again' | 'leave' | 'accept_address', of = hash) =>
    decideTrouble(deps, { hash: of, decision, by: 'staff 3' })
  const addresses = () =>
    stage.db.selectFrom('addresses').select(['person_id', 'address', 'is_primary']).orderBy('id').execute()
  return { ...stage, decide, addresses }
}

test('a new address that somebody accepts is where mail goes; what they stopped is stopped there too', async () => {
  const { db, deps, person_id, hash, decide, addresses, member, stops, changes } = await openMove()
  await suppress(db, 'ana@x.example', 'campaigns')
  await suppress(db, 'ana@x.example', 'all', 'hard_bounce')
  expect((await listTroubles(deps)).items).toMatchObject([
    {
      hash,
      person_id,
      given_name: 'Ana',
      address: 'ana@x.example',
      trouble: 'address_changed',
      new_address: 'ana@new.example',
      left_at: null,
    },
  ])
  await db.deleteFrom('mailchimp_changes').execute()
  await decide('accept_address')
  expect(await addresses()).toEqual([
    { person_id, address: 'ana@x.example', is_primary: false },
    { person_id, address: 'ana@new.example', is_primary: true },
  ])
  expect((await stops()).filter(({ address }) => address === 'ana@new.example')).toEqual([
    { address: 'ana@new.example', scope: 'campaigns', reason: 'unsubscribed', source: 'staff 3' },
  ])
  expect(await member()).toBeUndefined()
  expect(await member(hashOf('ana@new.example'))).toMatchObject({
    ...{ person_id, address: 'ana@new.example', status: 'subscribed', trouble: null, new_address: null, digest: null },
    is_ours: true,
  })
  expect(await changes()).toBeGreaterThan(0)
  expect((await listTroubles(deps)).items).toEqual([])
  await expect(decide('accept_address')).rejects.toThrow('was not found')
})

test('an address of somebody else is never taken, and one of their own is only made the first', async () => {
  const { db, round, person_id, decide, addresses } = await openMove()
  const other = await addApplicant(db, round, { address: 'ana@new.example' })
  await expect(decide('accept_address')).rejects.toMatchObject({ code: 'address_taken' })
  expect(await addresses()).toEqual([
    { person_id, address: 'ana@x.example', is_primary: true },
    { person_id: other, address: 'ana@new.example', is_primary: true },
  ])
  await db.updateTable('addresses').set({ person_id, is_primary: false }).where('person_id', '=', other).execute()
  await decide('accept_address')
  expect(await addresses()).toMatchObject([
    { person_id, is_primary: false },
    { person_id, is_primary: true },
  ])
})

test('again and leave: tried as if for the first time, or left with the time that somebody said so', async () => {
  const { deps, db, round, decide, member, changes } = await openMove()
  await decide('leave')
  expect(await member()).toMatchObject({ trouble: 'address_changed', left_at: deps.clock.now() })
  await db.deleteFrom('mailchimp_changes').execute()
  await decide('again')
  expect(await member()).toMatchObject({
    trouble: null,
    trouble_words: null,
    left_at: null,
    new_address: null,
    digest: null,
  })
  expect(await changes()).toBe(1)
  const ben = await addApplicant(db, round, { address: 'ben@x.example' })
  const of = await addMember(db, { person_id: ben, address: 'ben@x.example', fields: FIELDS })
  await expect(decide('leave', of)).rejects.toThrow('was not found')
  const trouble = { trouble: 'refused', trouble_words: 'Mailchimp refuses it.', digest: 'x' }
  await db.updateTable('mailchimp_members').set(trouble).where('hash', '=', of).execute()
  await expect(decide('accept_address', of)).rejects.toMatchObject({ code: 'no_address_asked' })
  await decide('again', of)
  expect(await member(of)).toMatchObject({ trouble: null, digest: null })
})

test('two who accept at once: one does, the other is told that it is done', async () => {
  const { decide, addresses } = await openMove()
  const done = await Promise.allSettled([decide('accept_address'), decide('accept_address')])
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await addresses()).toHaveLength(2)
})

test('the API lists and decides; who may only read decides nothing, and a viewer sees nothing', async () => {
  const { deps, clock, person, hash, member, tell, settle, put } = await openClash()
  put('ana@x.example', null)
  put('ana@new.example', {})
  await tell('upemail', { old_email: 'ana@x.example', new_email: 'ana@new.example' })
  await settle()
  const app = openApiApp({ ...deps, clock })
  addBackRoutes(app, deps)
  const ask = (
    method: 'GET' | 'POST',
    url: string,
    payload?: object,
    role: Parameters<typeof asRole>[0] = 'data_officer',
  ) => app.inject({ method, url, headers: asRole(role), ...(payload ? { payload } : {}) })
  const clashes = (await ask('GET', '/mailchimp/clashes', undefined, 'communications_officer')).json()
  expect(clashes).toMatchObject({ items: [{ field: 'given_name' }], next: null })
  const keep = `/mailchimp/clashes/${clashes.items[0].id}/keep`
  expect((await ask('POST', keep, { side: 'ours' }, 'communications_officer')).statusCode).toBe(403)
  expect((await ask('POST', keep, { side: 'both' })).statusCode).toBe(422)
  expect((await ask('POST', keep, { side: 'ours' })).json()).toMatchObject({ kept: 'ours', kept_by: 'data_officer' })
  expect(await person()).toMatchObject({ given_name: 'Anita' })
  expect((await ask('GET', '/mailchimp/troubles?limit=1')).json()).toMatchObject({ items: [{ hash }], next: null })
  const decide = '/mailchimp/troubles/decide'
  expect((await ask('POST', decide, { hash, decision: 'leave' }, 'communications_officer')).statusCode).toBe(403)
  expect((await ask('POST', decide, { hash, decision: 'leave' })).statusCode).toBe(204)
  expect((await member())?.left_at).toEqual(deps.clock.now())
  expect((await ask('POST', decide, { hash: 'x', decision: 'leave' })).statusCode).toBe(422)
  expect((await ask('POST', decide, { hash: '0'.repeat(32), decision: 'leave' })).statusCode).toBe(404)
  expect((await ask('GET', '/mailchimp/events')).json()).toMatchObject({
    items: [{ kind: 'upemail' }, { kind: 'profile' }],
  })
  for (const url of ['/mailchimp/clashes', '/mailchimp/troubles', '/mailchimp/events'])
    expect((await ask('GET', url, undefined, 'viewer')).statusCode).toBe(403)
})
