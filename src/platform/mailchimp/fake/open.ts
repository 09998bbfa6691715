import { contactsOf, createAccount, hashOf } from './account.ts'
import { openBatches } from './batches.ts'
import { runCall } from './calls.ts'
import { openFaults } from './faults.ts'
import { openLedger } from './ledger.ts'
import { presentCampaign, presentContact } from './looks.ts'
import * as people from './people.ts'
import { runCampaigns } from './sending.ts'
import { openServer } from './server.ts'
import type { FakeMailchimp, FakeMember, FakeOptions } from './shapes.ts'
import { deliverEvents } from './told.ts'

/** Opens an account with its server. To be closed. */
export async function openFakeMailchimp(options: FakeOptions = {}): Promise<FakeMailchimp> {
  const account = createAccount(options)
  const ledger = openLedger(account)
  const { faults, pick } = openFaults(account.random)
  const batches = openBatches(account, async ({ method, path, body, params }) => {
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(params ?? {})) query.set(name, String(value))
    const call = { method, path: path.startsWith('/') ? path : `/${path}`, query, text: body ?? '' }
    const ran = await runCall(account, call)
    ledger.look({ ...call, ...ran }, true)
    return ran.answer
  })
  const server = await openServer(account, ledger, pick)
  account.origin = server.origin
  const listOf = (list_id?: string) => people.getList(account, list_id)

  return {
    baseUrl: `${server.origin}/3.0`,
    key: account.key,
    list_id: listOf().id,
    faults,

    memberUnsubscribes: (address, about) => people.unsubscribe(account, address, about),
    memberChanges: (address, fields) => people.changeProfile(account, address, fields),
    memberMoves: (address, new_address) => people.moveAddress(account, address, new_address),
    cleans: (address, reason, campaign_id) => people.clean(account, address, reason, campaign_id),
    staffArchives: (address) => people.archive(account, address),
    staffAdds: (address, status, fields, tags) => people.add(account, address, status, fields, tags),
    staffTags: (address, tag) => people.tagByStaff(account, address, tag, true),
    staffUntags: (address, tag) => people.tagByStaff(account, address, tag, false),
    signsUp: (address, fields) => people.add(account, address, 'pending', fields, [], 'user'),
    confirmsSignUp: (address) => people.confirm(account, address),
    deleteList: (list_id) => void account.lists.delete(listOf(list_id).id),
    runCampaigns: () => runCampaigns(account),
    clicks: (campaign_id, address, url, about) => people.act(account, 'click', { campaign_id, address, url, ...about }),
    opens: (campaign_id, address, about) => people.act(account, 'open', { campaign_id, address, ...about }),
    bounces: (address, kind) => people.setBounce(account, address, kind),

    deliverWebhooks: (how) => deliverEvents(account, how),
    queuedWebhooks: () => [...account.events],
    settle: () => account.late.settle(),
    batchesDone: () => batches.done(),

    members: (list_id) => contactsOf(listOf(list_id)).map((contact) => presentContact(listOf(list_id), contact)),
    member: (address, list_id) => {
      const contact = listOf(list_id).contacts.get(hashOf(address))
      return contact && presentContact(listOf(list_id), contact)
    },
    countMembers: (list_id) => {
      const counts: Partial<Record<FakeMember['status'], number>> = {}
      for (const { status } of contactsOf(listOf(list_id))) counts[status] = (counts[status] ?? 0) + 1
      return counts
    },
    tags: (list_id) => {
      const tags = [...listOf(list_id).tags.values()]
      return Object.fromEntries(tags.map(({ name, members }) => [name, [...members].map((one) => one.address).sort()]))
    },
    mergeFields: (list_id) => [...listOf(list_id).fields.values()].map(({ tag, name, type }) => ({ tag, name, type })),
    webhooks: (list_id) => [...listOf(list_id).webhooks.values()],
    campaigns: () => [...account.campaigns.values()].map(presentCampaign),
    copies: (campaign_id) => {
      const found = [...account.campaigns.values()].filter(({ id }) => campaign_id === undefined || id === campaign_id)
      return found.flatMap(({ copies }) => [...copies.values()])
    },
    calls: ledger.calls,
    get writes() {
      return ledger.writes
    },
    get mostAtOnce() {
      return ledger.mostAtOnce
    },
    resetCalls: ledger.reset,
    violations: ledger.violations,
    close: async () => {
      await server.close()
      await batches.close()
    },
  }
}
