import type { ServerResponse } from 'node:http'
import type { Account } from './account.ts'
import type { PlainCall, Ran } from './calls.ts'
import type { FakeCall } from './shapes.ts'

/** What tests look at: every request, how many were open at once, and what the check found. */
export interface Ledger {
  calls: FakeCall[]
  writes: number
  mostAtOnce: number
  violations: string[]
  enter(request: { method: string; path: string; holds: boolean }): Entry
  /** Shows an exchange to the check; one of a batch is also written down as a call. */
  look(exchange: PlainCall & Ran, in_batch: boolean): void
  reset(): void
}

export interface Entry {
  call: FakeCall
  /** How many requests are open, this one too. */
  open: number
  /** No longer open. Done again, it does nothing. */
  leave(): void
  end(response: ServerResponse, status: number, contentType: string | undefined, body: string | Buffer): void
}

export function openLedger(account: Account): Ledger {
  let open = 0
  const ledger: Ledger = {
    calls: [],
    writes: 0,
    mostAtOnce: 0,
    violations: [],
    enter: ({ method, path, holds }) => {
      const began = performance.now()
      const call: FakeCall = { method, path, status: 0, ms: 0, fault: undefined, in_batch: false }
      ledger.calls.push(call)
      if (method !== 'GET') ledger.writes++
      if (holds) open++
      ledger.mostAtOnce = Math.max(ledger.mostAtOnce, open)
      let isIn = true
      const leave = () => {
        if (isIn && holds) open--
        if (isIn) call.ms = performance.now() - began
        isIn = false
      }
      return {
        call,
        open: holds ? open : 0,
        leave,
        end: (response, status, contentType, body) => {
          call.status = status
          // Before the answer is written: whoever has it may call again at once.
          leave()
          if (contentType) response.setHeader('content-type', contentType)
          response.writeHead(status).end(status === 204 ? undefined : body)
        },
      }
    },
    look: (exchange, in_batch) => {
      const { method, path, query, template, body, answer } = exchange
      const { status, body: said } = answer
      if (in_batch) ledger.calls.push({ method, path: template ?? path, status, ms: 0, fault: undefined, in_batch })
      const found = account.options.check?.({ method, path, template, query, body, status, answer: said, in_batch })
      if (found) ledger.violations.push(...found)
    },
    reset: () => {
      ledger.calls.length = 0
      ledger.writes = 0
      ledger.mostAtOnce = open
    },
  }
  return ledger
}
