import type { Account, List } from './account.ts'
import { contactsOf, writeTime } from './account.ts'
import { type Handler, ok, pageOf } from './answers.ts'
import { withList } from './members.ts'

export const ping: Handler = () => ok({ health_status: "Everything's Chimpy!" })

export const readRoot: Handler = ({ account }) =>
  ok({
    account_id: '8d3a3db4d97663a9074efcc16',
    login_id: '8d3a3db4d97663a9074efcc1',
    account_name: account.options.account_name ?? 'Mentoring Programme',
    email: 'office@example.org',
    first_name: 'Ada',
    last_name: 'Okafor',
    username: 'office',
    role: 'owner',
    contact: { company: 'Mentoring Programme', addr1: '', addr2: '', city: '', state: '', zip: '', country: 'US' },
    pro_enabled: false,
    account_timezone: 'Etc/UTC',
    total_subscribers: [...account.lists.values()].reduce((sum, list) => sum + statsOf(account, list).member_count, 0),
  })

export const listLists: Handler = (call) =>
  pageOf(call, 'lists', [...call.account.lists.values()], (list) => presentList(call.account, list))

export const getList: Handler = withList((call, list) => ok(presentList(call.account, list)))

function presentList(account: Account, list: List) {
  return {
    id: list.id,
    web_id: 1,
    name: list.name,
    contact: {
      company: 'Mentoring Programme',
      address1: '',
      address2: '',
      city: '',
      state: '',
      zip: '',
      country: 'US',
      phone: '',
    },
    permission_reminder: 'You applied to our programme.',
    use_archive_bar: false,
    campaign_defaults: { from_name: 'Office', from_email: 'office@example.org', subject: '', language: 'en' },
    date_created: writeTime(list.created_at),
    list_rating: 0,
    email_type_option: false,
    double_optin: false,
    has_welcome: false,
    marketing_permissions: false,
    visibility: 'prv',
    stats: statsOf(account, list),
  }
}

function statsOf(account: Account, list: List) {
  const counts: Record<string, number> = {}
  for (const contact of contactsOf(list)) counts[contact.status] = (counts[contact.status] ?? 0) + 1
  const campaigns = [...account.campaigns.values()].filter((campaign) => campaign.list_id === list.id)
  return {
    member_count: counts.subscribed ?? 0,
    total_contacts: contactsOf(list).length - (counts.archived ?? 0),
    unsubscribe_count: counts.unsubscribed ?? 0,
    cleaned_count: counts.cleaned ?? 0,
    campaign_count: campaigns.length,
    merge_field_count: list.fields.size,
    open_rate: 0,
    click_rate: 0,
  }
}
