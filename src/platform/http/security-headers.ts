import type { FastifyInstance, FastifyReply } from 'fastify'

/**
 * Headers of every answer, set before the route runs so that a page may say more (a style sheet, a frame). What
 * says nothing may load nothing, be framed by nobody and be kept by no cache: answers hold names and addresses.
 */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  // Participant links carry tokens: the next site must not learn them.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const

export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    setSecurityHeaders(reply)
  })
}

export function setSecurityHeaders(reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS)
}

/** A page may have our own style sheet and pictures, and forms that come back to us. No script. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

export function setPageHeaders(reply: FastifyReply): void {
  reply.header('content-security-policy', PAGE_POLICY)
}
