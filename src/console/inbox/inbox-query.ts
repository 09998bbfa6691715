import { Type } from '@fastify/type-provider-typebox'

export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
export const ItemParams = Type.Object({ id: Id })

export const PATH = '/console/inbox'
export const itemHref = (id: number) => `${PATH}/${id}`

/** What waits, what of it is mine, what was decided. */
export const VIEWS = ['open', 'mine', 'done'] as const
export type View = (typeof VIEWS)[number]

export const SCRIPTS = ['/assets/inbox.js']
