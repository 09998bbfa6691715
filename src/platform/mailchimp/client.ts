import type { Logger } from 'pino'
import { Upstream } from '../../lib/errors.ts'
import type { Db } from '../db/open.ts'
import { type Account, basePathOf } from './account.ts'
import { parseJson } from './answers.ts'
import { exchange, NoAnswer } from './exchange.ts'
import { type Asked, faultOf, missing, unreachable } from './faults.ts'
import { type Patience, repeat } from './repeats.ts'
import { openSlots } from './slots.ts'
import { stopSignal } from './stop.ts'
import { openVendor, type Vendor } from './vendor.ts'

export interface ClientOptions extends Patience {
  timeoutMs: number
  slotMs: number
  /** The longest answer that is read, in octets. */
  longestAnswer: number
}

/**
 * The package with a transport of ours. Its own (superagent 3.8) takes the key along a redirect to another host,
 * throws outside of its promise at a 307 (it reads a property that Node removed), reads up to 200 MB, and does not
 * tell an answer that broke off from a whole one of another kind.
 */
export function openClient(
  { db, log }: { db: Db; log: Logger },
  account: Account,
  options: ClientOptions,
): { vendor: Vendor; calls: { count: number }; host: string } {
  const basePath = basePathOf(account)
  const { host } = new URL(basePath)
  const vendor = openVendor(basePath)
  const slots = openSlots({ db, log }, { heldMs: options.slotMs, random: options.random })
  const calls = { count: 0 }
  const authorization = `Basic ${Buffer.from(`pairpost:${account.apiKey}`).toString('base64')}`

  vendor.callApi = async (path, method, pathParams, query, _headers, _form, body) => {
    const asked: Asked = { call: `${method} ${path}`, host }
    assertPlain(pathParams, asked)
    const search = new URLSearchParams(vendor.normalizeParams(query)).toString()
    const request = {
      method,
      url: vendor.buildUrl(path, pathParams) + (search && `?${search}`),
      headers: {
        authorization,
        accept: 'application/json, application/problem+json',
        'user-agent': 'Pairpost',
        // Kept open it would still be one of the account's connections after its row was given back.
        connection: 'close',
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      body: body ? JSON.stringify(body) : undefined,
    }
    const stop = stopSignal()
    const data = await repeat(asked.call, { ...options, log, stop }, () =>
      slots.within(async () => {
        calls.count++
        const { status, text } = await exchange(request, {
          timeoutMs: options.timeoutMs,
          octets: options.longestAnswer,
          stop,
        }).catch((error: unknown) => {
          throw error instanceof NoAnswer ? noAnswer(asked, error) : error
        })
        if (status >= 200 && status < 300) return parseAnswer(asked, status, text)
        throw faultOf(asked, status, text.replaceAll(account.apiKey, '…'))
      }, stop),
    )
    return { data }
  }
  return { vendor, calls, host }
}

function noAnswer(asked: Asked, { message, again }: NoAnswer): Upstream {
  const fault = unreachable(asked, message)
  return again ? fault : new Upstream(fault.code, fault.message, { retryable: false })
}

function parseAnswer(asked: Asked, status: number, text: string): unknown {
  if (status === 204 || text === '') {
    if (status === 204) return null
    throw unreachable(asked, `it answered ${status} with nothing`)
  }
  try {
    return parseJson(text)
  } catch {
    throw unreachable(asked, `it answered ${status} with something that is no whole JSON`)
  }
}

/** An id such as '..' would lead to another path. */
function assertPlain(pathParams: Record<string, unknown>, asked: Asked): void {
  for (const [name, value] of Object.entries(pathParams)) {
    if (!/^[\w-]{1,100}$/.test(String(value))) throw missing(asked, `the ${name} is not one of Mailchimp's.`)
  }
}
