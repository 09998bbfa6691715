import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  getMatchingSettings,
  listAnswerNames,
  type MatchingSettings,
  measureSettingsEffect,
  saveMatchingSettings,
} from '../../features/matching/index.ts'
import { Conflict, type FieldFault, InvalidInput, NotFound } from '../../lib/errors.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { TypedApp } from '../../platform/http/typed-app.ts'
import { roleOf } from '../settings/caller.ts'
import type { ConsoleDeps } from '../shell.ts'
import {
  type Contested,
  CriteriaFields,
  type CriteriaTyped,
  faultsOfChoices,
  readSeen,
  readTyped,
  rebase,
  settingsOf,
  typedFrom,
} from './criteria-form.ts'
import { presentCriteria } from './present-criteria.ts'
import { presentEffect } from './present-effect.ts'

interface Shown {
  typed: CriteriaTyped
  faults?: FieldFault[]
  contested?: Contested[]
  effect?: ReturnType<typeof presentEffect>
}

/** /console/matching/criteria: what decides, edited in words, with its effect before it is saved. */
export function addCriteriaPages(app: TypedApp, deps: ConsoleDeps): void {
  const { db, shell } = deps

  async function roundOf(request: FastifyRequest) {
    const round = await shell.currentRound(request)
    if (!round) throw new NotFound('A round')
    return round
  }

  async function show(reply: FastifyReply, saved: MatchingSettings, code: string, shown: Shown) {
    const { typed, contested = [], effect } = shown
    const faults = (shown.faults ?? []).map(atInput)
    const answers = await listAnswerNames({ db }, { code })
    const model = {
      ...presentCriteria({ code, saved, typed, faults, contested, answers }),
      effect: effect ?? null,
      faults,
    }
    return shell.show(reply, 'matching/criteria', { title: 'Criteria', nav: 'matching' }, model)
  }

  app.route({
    method: 'GET',
    url: '/console/matching/criteria',
    config: { allow: 'matching.write' },
    handler: async (request, reply) => {
      const round = await shell.currentRound(request)
      if (!round) {
        const model = { may_create: mayDo(roleOf(request), 'rounds.write') }
        return shell.show(reply, 'matching/no-round', { title: 'Criteria', nav: 'matching' }, model)
      }
      const saved = await getMatchingSettings({ db }, { code: round.code })
      return show(reply, saved, round.code, { typed: typedFrom(saved) })
    },
  })

  // The same form again, with what it would do, with a criterion moved or one more: nothing is saved.
  app.route({
    method: 'POST',
    url: '/console/matching/criteria/effect',
    config: { allow: 'matching.write', does: 'Look at what criteria would do', audited: false },
    schema: { body: CriteriaFields },
    handler: async (request, reply) => {
      const { code } = await roundOf(request)
      const saved = await getMatchingSettings({ db }, { code })
      const typed = readTyped(request.body)
      try {
        const { hierarchy } = settingsOf(typed, saved.hierarchy)
        const effect = presentEffect(await measureSettingsEffect({ db }, { code, hierarchy }), hierarchy)
        return show(reply, saved, code, { typed, effect })
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        return show(reply.status(422), saved, code, { typed, faults: error.faults })
      }
    },
  })

  app.route({
    method: 'POST',
    url: '/console/matching/criteria',
    config: { allow: 'matching.write', does: 'Change the matching criteria' },
    schema: { body: CriteriaFields },
    handler: async (request, reply) => {
      const { code } = await roundOf(request)
      const { body, caller } = request
      const saved = await getMatchingSettings({ db }, { code })
      const typed = readTyped(body)
      try {
        const wrong = faultsOfChoices(typed)
        if (wrong.length > 0) throw new InvalidInput(wrong)
        const change = settingsOf(typed, saved.hierarchy)
        const version = Number(body.version)
        await saveMatchingSettings({ db }, { code, change, version, by: caller?.name ?? '' })
        return reply.redirect('/console/matching?notice=criteria', 303)
      } catch (error) {
        if (error instanceof InvalidInput)
          return show(reply.status(422), { ...saved, version: Number(body.version) }, code, {
            typed,
            faults: error.faults,
          })
        if (!(error instanceof Conflict)) throw error
        // Saving again is then a decision: the form stands upon the newest settings.
        const newest = await getMatchingSettings({ db }, { code })
        const met = rebase(typed, readSeen(body.seen, typed), typedFrom(newest))
        const message = `${error.message} What you typed stands in the form, upon what they saved; saving it again keeps it.`
        return show(reply.status(409), newest, code, { ...met, faults: [{ field: '', message }] })
      }
    },
  })
}

/** The service names parts of the hierarchy; a form has one input for each. */
function atInput({ field, message }: FieldFault): FieldFault {
  return { field: field.replace(/^rules\./, '').replace(/^(criteria\.\d+)\b.*$/, '$1.weight'), message }
}
