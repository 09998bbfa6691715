import type { FastifyError } from 'fastify'
import type { FieldFault } from '../../lib/errors.ts'

type SchemaError = NonNullable<FastifyError['validation']>[number]

/**
 * What Ajv found, one sentence a field. A value that fits none of several alternatives makes one error for each and
 * one for all: they become "must be one of …", or the first of them when they are not plain values.
 */
export function faultsOf(errors: readonly SchemaError[]): FieldFault[] {
  const byField = new Map<string, SchemaError[]>()
  for (const error of errors) {
    const field = fieldOf(error)
    byField.set(field, [...(byField.get(field) ?? []), error])
  }
  return [...byField].map(([field, found]) => ({ field, message: sentenceOf(found) }))
}

function fieldOf({ instancePath, params }: SchemaError): string {
  const parent = instancePath.slice(1).replaceAll('/', '.')
  return [parent, params.missingProperty ?? params.additionalProperty].filter(Boolean).join('.') || 'body'
}

function sentenceOf(errors: readonly SchemaError[]): string {
  const allowed = errors.flatMap(({ keyword, params }) =>
    keyword === 'const' ? [params.allowedValue] : keyword === 'enum' ? (params.allowedValues as unknown[]) : [],
  )
  if (allowed.length > 0) return `must be ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}`
  const [first] = errors
  if (first?.keyword === 'required') return 'is missing'
  if (first?.keyword === 'additionalProperties') return 'is not known here'
  return first?.message ?? 'is invalid'
}
