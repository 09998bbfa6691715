import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import {
  changeAudience,
  connectAudience,
  disconnectAudience,
  listLists,
  readConnection,
} from '../../features/mailchimp/index.ts'
import { Conflict, type FieldFault, InvalidInput, NotFound, Upstream } from '../../lib/errors.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { formatCount } from '../present/numbers.ts'
import { faultOf } from '../settings/form.ts'
import type { ConsoleDeps } from '../shell.ts'
import { MapForm, mapOfForm, presentMap, USUAL_MAP } from './map-form.ts'
import { MAILCHIMP, showPage } from './show.ts'
import { isBegun, stageOf } from './stage.ts'

const ConnectForm = Type.Object({ ...MapForm.properties, list_id: Type.String({ default: '', maxLength: 100 }) })

/** Connecting an audience, changing what goes there, and disconnecting it. */
export function addConnectPages(app: TypedApp, deps: ConsoleDeps): void {
  app.route({
    method: 'POST',
    url: `${MAILCHIMP}/connect`,
    config: { allow: 'mailchimp.write', does: 'Connect Mailchimp' },
    schema: { body: ConnectForm },
    handler: async ({ body, caller }, reply) => {
      try {
        const by = caller?.name ?? ''
        // Nothing of people goes there before somebody has seen what would.
        await connectAudience(deps, { list_id: body.list_id, ...mapOfForm(body), dry_run: true, by })
        return reply.redirect(`${MAILCHIMP}?notice=connected`, 303)
      } catch (error) {
        // Of two presses, the second finds it connected.
        if (error instanceof Conflict && (await readConnection(deps))) return reply.redirect(MAILCHIMP, 303)
        const faults = faultsOf(error)
        if (!faults) throw error
        return showConnect(deps, reply.status(422), { typed: body, faults })
      }
    },
  })

  app.route({
    method: 'GET',
    url: `${MAILCHIMP}/change`,
    config: { allow: 'mailchimp.write' },
    handler: (_request, reply) => showChange(deps, reply, { faults: [] }),
  })

  app.route({
    method: 'POST',
    url: `${MAILCHIMP}/change`,
    config: { allow: 'mailchimp.write', does: 'Change what goes to Mailchimp' },
    schema: { body: MapForm },
    handler: async ({ body }, reply) => {
      try {
        await changeAudience(deps, mapOfForm(body))
        return reply.redirect(`${MAILCHIMP}?notice=changed`, 303)
      } catch (error) {
        const faults = faultsOf(error)
        if (!faults) throw error
        return showChange(deps, reply.status(422), { typed: body, faults })
      }
    },
  })

  app.route({
    method: 'GET',
    url: `${MAILCHIMP}/disconnect`,
    config: { allow: 'mailchimp.write' },
    handler: async (_request, reply) => {
      const { list_name } = await getConnection(deps)
      return showPage(deps, reply, 'disconnect', { title: 'Disconnect Mailchimp' }, { list_name })
    },
  })

  app.route({
    method: 'POST',
    url: `${MAILCHIMP}/disconnect`,
    config: { allow: 'mailchimp.write', does: 'Disconnect Mailchimp' },
    handler: async (_request, reply) => {
      // Of two presses, the second finds it disconnected: what was wanted.
      if (await readConnection(deps)) await disconnectAudience(deps)
      return reply.redirect(`${MAILCHIMP}?notice=disconnected`, 303)
    },
  })
}

/** @throws NotFound */
async function getConnection(deps: ConsoleDeps) {
  const connection = await readConnection(deps)
  if (!connection) throw new NotFound('A connection with Mailchimp')
  return connection
}

/** The audiences of the account to choose from; when Mailchimp cannot be asked, why. */
export async function showConnect(
  deps: ConsoleDeps,
  reply: FastifyReply,
  shown: { typed?: Static<typeof ConnectForm>; faults: FieldFault[]; notice?: string | undefined },
): Promise<FastifyReply> {
  const { typed, faults, notice } = shown
  const { lists, trouble } = await readLists(deps)
  const only = lists.length === 1 ? lists[0]?.id : undefined
  const chosen = typed?.list_id || deps.config.mailchimp?.listId || only
  const head = { title: 'Connect Mailchimp', notice }
  return showPage(deps, reply, 'connect', head, {
    faults,
    trouble,
    lists: lists.map(({ id, name, member_count }, at) => ({
      // The first one is what a link from the summary of faults leads to.
      id: at === 0 ? 'list_id' : `list_id-${at}`,
      list_id: id,
      name,
      members: `${formatCount(member_count)} subscribed ${member_count === 1 ? 'contact' : 'contacts'}`,
      chosen: id === chosen,
    })),
    list_fault: faultOf(faults, 'list_id'),
    form: presentMap(typed ? mapOfForm(typed) : USUAL_MAP, faults),
  })
}

async function readLists(deps: ConsoleDeps) {
  try {
    return { lists: await listLists(deps), trouble: '' }
  } catch (error) {
    if (!(error instanceof Upstream)) throw error
    return { lists: [], trouble: error.message }
  }
}

async function showChange(
  deps: ConsoleDeps,
  reply: FastifyReply,
  { typed, faults }: { typed?: Static<typeof MapForm>; faults: FieldFault[] },
): Promise<FastifyReply> {
  const connection = await getConnection(deps)
  const choice = typed ? mapOfForm(typed) : { ...connection, fields: { ...USUAL_MAP.fields, ...connection.fields } }
  const is_begun = isBegun(stageOf(connection))
  const model = { list_name: connection.list_name, is_begun, faults, form: presentMap(choice, faults) }
  return showPage(deps, reply, 'change', { title: 'What goes to Mailchimp' }, model)
}

/** What is wrong with a form, or why Mailchimp did not take it: said beside what was typed. */
function faultsOf(error: unknown): FieldFault[] | undefined {
  if (error instanceof InvalidInput) return error.faults
  return error instanceof Upstream || error instanceof Conflict ? [{ field: '', message: error.message }] : undefined
}
