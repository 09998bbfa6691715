import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { countOpenInbox } from '../features/inbox/index.ts'
import { isDemoLoaded } from '../features/programme/index.ts'
import { listRoundRows, type RoundRow } from '../features/rounds/index.ts'
import type { Ring } from '../jobs/catalog.ts'
import type { Clock } from '../lib/clock.ts'
import { mayDo, type Permission } from '../lib/permissions.ts'
import type { TokenKeys } from '../lib/tokens.ts'
import type { Db } from '../platform/db/open.ts'
import { assetHref } from '../platform/http/assets.ts'
import type { Pages } from '../platform/http/pages.ts'
import type { Mailchimp } from '../platform/mailchimp/shapes.ts'
import { formatCount } from './present/numbers.ts'
import { chooseRound } from './round-choice.ts'

/** What the console's pages stand on. */
export interface ConsoleDeps {
  db: Db
  clock: Clock
  ring: Ring
  keys: TokenKeys
  log: Logger
  config: {
    publicUrl: string
    mailFrom: string
    mailDomain: string
    smtpUrl: string | undefined
    dataDir: string
    mailchimp: { listId: string | undefined; webhookSecret: string | undefined } | undefined
  }
  /** The account of the configured key; undefined: there is no key. */
  mailchimp: Mailchimp | undefined
  pages: Pages
  shell: Shell
}

export type NavItem = 'home' | 'campaigns' | 'participants' | 'matching' | 'inbox' | 'reports' | 'rounds' | 'settings'

export interface Frame {
  title: string
  nav: NavItem
  /** A sentence about what was just done. */
  notice?: string | undefined
  /** For pages that need the whole width: the editor, the calendar. */
  wide?: boolean
  /** Paths of scripts that add to the page; it works without them. */
  scripts?: string[]
}

/** The frame around every page of the console: navigation, the round that is looked at, who is signed in. */
export interface Shell {
  /** Sends `templates/pages/console/<page>.hbs` inside the frame. */
  show(reply: FastifyReply, page: string, frame: Frame, model: object): Promise<FastifyReply>
  /** Sends one partial of the console, such as `campaigns/_progress`, for htmx. */
  showPart(reply: FastifyReply, part: string, model: object): Promise<FastifyReply>
  /** The round of the switcher; undefined while there is none. */
  currentRound(request: FastifyRequest): Promise<RoundRow | undefined>
  /** For uploads, whose fields are read in the handler. @throws FormExpired */
  checkCsrf(request: FastifyRequest, token: string): Promise<void>
}

const STYLESHEET = assetHref('console.css')
const HTMX = assetHref('htmx.js')

const NAV: { item: NavItem; name: string; href: string; allow: Permission }[] = [
  { item: 'home', name: 'Home', href: '/console', allow: 'rounds.read' },
  { item: 'campaigns', name: 'Campaigns', href: '/console/campaigns', allow: 'campaigns.read' },
  { item: 'participants', name: 'Participants', href: '/console/participants', allow: 'people.read' },
  { item: 'matching', name: 'Matching', href: '/console/matching', allow: 'matching.read' },
  { item: 'inbox', name: 'Inbox', href: '/console/inbox', allow: 'inbox.read' },
  { item: 'reports', name: 'Reports', href: '/console/reports', allow: 'reports.read' },
  { item: 'rounds', name: 'Rounds', href: '/console/rounds', allow: 'rounds.read' },
  { item: 'settings', name: 'Settings', href: '/console/settings', allow: 'sending.read' },
]

export function createShell({ db, clock, pages }: { db: Db; clock: Clock; pages: Pages }): Shell {
  const known = new WeakMap<FastifyRequest, Promise<RoundRow[]>>()
  /** Read once a request, however often it is asked for. */
  const roundsOf = (request: FastifyRequest) => {
    const rounds = known.get(request) ?? listRoundRows(db)
    known.set(request, rounds)
    return rounds
  }
  const chosenFrom = (request: FastifyRequest, rounds: RoundRow[]) =>
    chooseRound(rounds, request.session?.round_code, clock.now())

  return {
    currentRound: async (request) => chosenFrom(request, await roundsOf(request)),
    checkCsrf: (request, token) => request.server.checkCsrf(request, token),

    async showPart(reply, part, model) {
      const html = pages.renderPart(`console/${part}`, { ...model, csrf: csrfOf(reply) })
      return reply.type('text/html; charset=utf-8').send(html)
    },

    async show(reply, page, frame, model) {
      const { request } = reply
      const { caller } = request
      const [rounds, isDemo, open] = await Promise.all([
        roundsOf(request),
        isDemoLoaded(db),
        caller && mayDo(caller.role, 'inbox.read') ? countOpenInbox({ db }) : 0,
      ])
      const current = chosenFrom(request, rounds)
      const csrf = csrfOf(reply)
      const html = pages.render(
        `console/${page}`,
        {
          layout: 'console-layout',
          title: frame.title,
          frame: {
            lang: 'en',
            dir: 'ltr',
            stylesheet: STYLESHEET,
            htmx: HTMX,
            csrf,
            nav: NAV.filter(({ allow }) => caller && mayDo(caller.role, allow)).map(({ item, name, href }) => ({
              name,
              href,
              current: item === frame.nav,
              open: item === 'inbox' && open > 0 ? formatCount(open) : '',
            })),
            rounds: rounds.map(({ code, name }) => ({ code, name, current: code === current?.code })),
            round: current?.code ?? '',
            back: request.method === 'GET' ? request.url : '/console',
            staff: { name: caller?.staff?.name ?? caller?.name ?? '', role: caller?.role.replaceAll('_', ' ') ?? '' },
            banner: isDemo ? 'These are demo data, and nothing leaves this machine.' : '',
            notice: frame.notice ?? '',
            scripts: ['/assets/console.js', ...(frame.scripts ?? [])].map((path) =>
              assetHref(path.slice('/assets/'.length)),
            ),
            wide: frame.wide ?? false,
          },
        },
        { ...model, csrf },
      )
      return reply.type('text/html; charset=utf-8').send(html)
    },
  }
}

/** Empty for a program that calls with a token: it has no session to bind a form to. */
function csrfOf(reply: FastifyReply): string {
  const { staff } = reply.request.caller ?? {}
  return staff ? reply.generateCsrf({ userInfo: String(staff.id) }) : ''
}
