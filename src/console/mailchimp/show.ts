import type { FastifyReply, FastifyRequest } from 'fastify'
import { mayDo } from '../../lib/permissions.ts'
import { presentZone } from '../present/time.ts'
import { roleOf, zoneOf } from '../settings/caller.ts'
import { settingsTabs } from '../settings/tabs.ts'
import type { ConsoleDeps } from '../shell.ts'

export const MAILCHIMP = '/console/settings/mailchimp'

/** Who looks, and when. */
export interface Reader {
  zone: string
  now: Date
  writes: boolean
  /** Names are shown to nobody else. */
  reads_people: boolean
}

export function readerOf({ clock }: Pick<ConsoleDeps, 'clock'>, request: FastifyRequest): Reader {
  const role = roleOf(request)
  return {
    zone: zoneOf(request),
    now: clock.now(),
    writes: mayDo(role, 'mailchimp.write'),
    reads_people: mayDo(role, 'people.read'),
  }
}

/** Sends a page of Mailchimp's tab. */
export function showPage(
  deps: ConsoleDeps,
  reply: FastifyReply,
  page: string,
  { title, notice }: { title: string; notice?: string | undefined },
  model: object,
): Promise<FastifyReply> {
  const { request } = reply
  const { zone, now, writes } = readerOf(deps, request)
  const own = { tabs: settingsTabs(roleOf(request), 'mailchimp'), zone: presentZone(zone, now), may_write: writes }
  return deps.shell.show(reply, `mailchimp/${page}`, { title, nav: 'settings', notice }, { ...own, ...model })
}

/** How a person stands in a list: a name that leads to their page, or nothing of theirs. */
export function presentPerson(
  {
    person_id,
    given_name,
    family_name,
  }: { person_id: number | null; given_name?: string | null | undefined; family_name?: string | null | undefined },
  { reads_people }: Pick<Reader, 'reads_people'>,
): { name: string; href: string } {
  if (person_id === null) return { name: 'Somebody who is gone here', href: '' }
  if (!reads_people) return { name: `Person ${person_id}`, href: '' }
  const name = `${given_name ?? ''} ${family_name ?? ''}`.trim()
  return { name: name || '(no name)', href: `/console/participants/${person_id}` }
}
