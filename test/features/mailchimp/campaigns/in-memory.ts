import { Upstream } from '../../../../src/lib/errors.ts'
import type {
  ChecklistItem,
  Mailchimp,
  MailchimpCampaign,
  MailchimpTag,
  NewCampaign,
} from '../../../../src/platform/mailchimp/shapes.ts'

interface Made extends MailchimpCampaign {
  settings: NewCampaign
  content: { html: string; plain_text: string }
  got: string[]
}

/** As much of Mailchimp as campaigns use, in memory, with what a test can make of it. */
export function openInMemory() {
  const subscribed = new Set<string>()
  const tags: (MailchimpTag & { members: Set<string>; shown?: number | undefined })[] = []
  const campaigns: Made[] = []
  const calls: string[] = []
  const trouble: { after?: ((call: string) => void) | undefined; before?: ((call: string) => void) | undefined } = {}
  const checklist: ChecklistItem[] = []
  let made = 0
  const find = (id: string) => {
    const campaign = campaigns.find((one) => one.id === id)
    if (!campaign) throw new Upstream('mailchimp_missing', 'Mailchimp does not have it.', { retryable: false })
    return campaign
  }
  const refuse = (words: string) => {
    throw new Upstream('mailchimp_refused', words, { retryable: false })
  }
  const shown = ({ settings: _, content: __, got: ___, ...campaign }: Made): MailchimpCampaign => ({ ...campaign })
  const tagOf = (id: number) => tags.find((tag) => tag.id === id) as (typeof tags)[number]
  const reach = ({ settings }: Made) => [...tagOf(settings.segment_id).members].filter((one) => subscribed.has(one))
  const methods = {
    async createTag(_list: string, name: string, addresses: readonly string[]) {
      if (addresses.length > 500) refuse('500 at most.')
      const before = tags.find((tag) => tag.name === name)
      if (before) return { id: before.id, name, member_count: before.members.size }
      const tag = { id: ++made, name, member_count: 0, members: new Set(addresses) }
      tags.push(tag)
      return { id: tag.id, name, member_count: tag.members.size }
    },
    async changeTag(_list: string, id: number, { add = [], remove = [] }: { add?: string[]; remove?: string[] }) {
      if (add.length > 500 || remove.length > 500) refuse('500 at most.')
      for (const address of add) tagOf(id).members.add(address)
      for (const address of remove) tagOf(id).members.delete(address)
    },
    async listTags() {
      return tags.map(({ id, name, members, shown: late }) => ({ id, name, member_count: late ?? members.size }))
    },
    async findCampaign(_list: string, title: string) {
      const found = campaigns.find((one) => one.title === title)
      return found && shown(found)
    },
    async createCampaign(settings: NewCampaign) {
      const { title } = settings
      const campaign: Made = {
        ...{ id: `c${++made}`, title, status: 'save', send_time: null, emails_sent: 0 },
        ...{ settings, content: { html: '', plain_text: '' }, got: [] },
      }
      campaigns.push(campaign)
      return shown(campaign)
    },
    async getCampaign(id: string) {
      return shown(find(id))
    },
    async putContent(id: string, content: Made['content']) {
      if (find(id).status !== 'save') refuse('It cannot be edited.')
      find(id).content = content
    },
    async readContent(id: string) {
      const { html, plain_text } = find(id).content
      return { html: `<!doctype html>\n${html.replace('</body>', '\n</body>')}`, plain_text }
    },
    async readChecklist() {
      return { is_ready: checklist.every((item) => item.type !== 'error'), items: checklist }
    },
    async scheduleCampaign(id: string, at: Date) {
      if (at.getUTCMinutes() % 15 !== 0 || at.getTime() % 60_000 !== 0) refuse('Only on a quarter of an hour.')
      if (find(id).status !== 'save') refuse('It is no draft.')
      Object.assign(find(id), { status: 'schedule', send_time: at })
    },
    async unscheduleCampaign(id: string) {
      if (find(id).status !== 'schedule') refuse('It is not scheduled.')
      Object.assign(find(id), { status: 'save', send_time: null })
    },
    async sendCampaign(id: string) {
      if (find(id).status === 'save') find(id).status = 'sending'
    },
    async cancelCampaign() {
      refuse('Your plan does not include this.')
    },
    async deleteCampaign(id: string) {
      if (find(id).status !== 'save') refuse('Only a draft can be deleted.')
      campaigns.splice(campaigns.indexOf(find(id)), 1)
    },
  }
  const mailchimp = new Proxy(methods, {
    get:
      (own, name) =>
      async (...args: unknown[]) => {
        const method = own[name as keyof typeof own] as ((...args: unknown[]) => Promise<unknown>) | undefined
        if (!method) throw new Error(`${String(name)} is not expected here`)
        trouble.before?.(String(name))
        const answer = await method(...args)
        calls.push(String(name))
        trouble.after?.(String(name))
        return answer
      },
  }) as unknown as Mailchimp
  return {
    ...{ mailchimp, methods, subscribed, tags, campaigns, calls, trouble, checklist },
    /** Time passes there: what is due is sent to whom the tag has and the audience still reaches. */
    send(at: Date) {
      for (const campaign of campaigns) {
        const isDue = campaign.status === 'schedule' && campaign.send_time !== null && campaign.send_time <= at
        if (campaign.status !== 'sending' && !isDue) continue
        const got = reach(campaign)
        Object.assign(campaign, { status: 'sent', send_time: campaign.send_time ?? at, emails_sent: got.length, got })
      }
    },
  }
}

export type InMemory = ReturnType<typeof openInMemory>
