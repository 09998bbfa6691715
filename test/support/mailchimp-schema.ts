import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { Exchange } from '../../src/platform/mailchimp/fake/index.ts'

const FILE = fileURLToPath(new URL('../../../shared/data/mailchimp/openapi.json', import.meta.url))

type Schema = Record<string, unknown>

interface Operation {
  parameters?: { in: string; name: string; required?: boolean; schema: Schema }[]
  requestBody?: Schema
  responses: Record<string, Schema>
}

interface Description {
  paths: Record<string, Record<string, Operation>>
  components: { requestBodies: Record<string, Schema> }
}

interface Validators {
  query: Map<string, { schema: Schema; validate: () => ValidateFunction }>
  /** Names that must be in the query. */
  needs: string[]
  request: () => ValidateFunction | undefined
  answer: () => ValidateFunction | undefined
  problem: () => ValidateFunction | undefined
}

let description: Description | undefined
const known = new Map<string, Validators>()

/** Whether the vendor's description lies beside the project. */
export const hasMailchimpDescription = existsSync(FILE)

/**
 * What the vendor's own description has against a request and its answer. Stricter than it: what a request says must
 * be named there, in bodies and queries, but within free dictionaries such as merge_fields. Each operation's schemas
 * are compiled when it is first seen, and stay for the process.
 * @returns sentences; none when the description is absent
 */
export function findMailchimpViolations(exchange: Exchange): string[] {
  if (!hasMailchimpDescription) return []
  const { method, path, template, status, answer, in_batch } = exchange
  const name = `${method} ${template ?? path}${in_batch ? ' (in a batch)' : ''}`
  const validators = template === undefined ? undefined : validatorsOf(method, template)
  if (!validators) return [`${name}: there is no such operation`]
  const isError = status >= 400
  return [
    ...queryFaults(validators, exchange.query),
    ...bodyFaults('request', validators.request(), exchange.body),
    ...bodyFaults(`answer ${status}`, isError ? validators.problem() : validators.answer(), answer),
  ].map((fault) => `${name}: ${fault}`)
}

function bodyFaults(what: string, validate: ValidateFunction | undefined, body: unknown): string[] {
  if (!validate) return body === undefined ? [] : [`${what}: a body where there is none`]
  if (body === undefined) return [`${what}: no body`]
  return validate(body) ? [] : [`${what}: ${wordsOf(validate)}`]
}

function queryFaults({ query, needs }: Validators, given: URLSearchParams): string[] {
  const faults = needs.filter((name) => !given.has(name)).map((name) => `query: ${name} is missing`)
  for (const [name, text] of given) {
    const parameter = query.get(name)
    const validate = parameter?.validate()
    if (!parameter || !validate) faults.push(`query: unknown ${name}`)
    else if (!validate(readValue(text, parameter.schema))) faults.push(`query ${name}: ${wordsOf(validate)}`)
  }
  return faults
}

function readValue(text: string, { type }: Schema): unknown {
  if (type === 'array') return text.split(',')
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return (type === 'integer' || type === 'number') && text.trim() !== '' ? Number(text) : text
}

/** Where and what, and no values: they may be addresses. */
const wordsOf = ({ errors }: ValidateFunction) =>
  (errors ?? [])
    .slice(0, 5)
    .map(({ instancePath, message, params }) => {
      const extra = (params as { additionalProperty?: string }).additionalProperty
      return `${instancePath || '/'} ${message ?? ''}${extra ? ` (${extra})` : ''}`
    })
    .join('; ')

function validatorsOf(method: string, template: string): Validators | undefined {
  const name = `${method} ${template}`
  const found = known.get(name)
  if (found) return found
  description ??= JSON.parse(readFileSync(FILE, 'utf8')) as Description
  const operation = description.paths[template]?.[method.toLowerCase()]
  if (!operation) return undefined
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query')
  const made: Validators = {
    query: new Map(
      parameters.map(({ name, schema }) => [
        name,
        { schema, validate: asksOnce(() => strict().compile(tame(schema))) },
      ]),
    ),
    needs: parameters.filter(({ required }) => required).map(({ name }) => name),
    request: asksOnce(() => compileBody(strict(), bodyOf(operation.requestBody), true)),
    answer: asksOnce(() => compileBody(lenient(), operation.responses['200'] ?? operation.responses['204'], false)),
    problem: asksOnce(() => compileBody(lenient(), operation.responses.default, false)),
  }
  known.set(name, made)
  return made
}

function bodyOf(body: Schema | undefined): Schema | undefined {
  const reference = body?.$ref
  if (typeof reference !== 'string') return body
  return description?.components.requestBodies[reference.split('/').at(-1) ?? '']
}

function compileBody(ajv: Ajv, holder: Schema | undefined, closed: boolean): ValidateFunction | undefined {
  const content = holder?.content as Record<string, { schema: Schema }> | undefined
  const schema = (content?.['application/json'] ?? content?.['application/problem+json'])?.schema
  return schema && ajv.compile(tame(schema, closed))
}

function makeAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  formats.default(ajv)
  return ajv
}

const strict = asksOnce(makeAjv)

/** Times that Mailchimp has none for are answered as empty texts, against its own description. */
const lenient = asksOnce(() => {
  const ajv = makeAjv()
  for (const format of ['date-time', 'uri']) {
    const isIt = strict().compile({ type: 'string', format })
    ajv.addFormat(format, (text: string) => text === '' || isIt(text))
  }
  return ajv
})

function asksOnce<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Without what is OpenAPI's and not JSON Schema's; `closed` refuses properties that are not named. */
function tame(schema: unknown, closed = false): Schema {
  return tameValue(schema, closed) as Schema
}

function tameValue(value: unknown, closed: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => tameValue(item, closed))
  if (!value || typeof value !== 'object') return value
  const tamed: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'properties') {
      const properties = Object.entries(inner as Schema).map(([key, one]) => [key, tameValue(one, closed)])
      tamed.properties = Object.fromEntries(properties)
    } else if (!DROPPED.has(name) && !name.startsWith('x-')) tamed[name] = tameValue(inner, closed)
  }
  if (closed && tamed.properties && tamed.additionalProperties === undefined) tamed.additionalProperties = false
  return tamed
}

const DROPPED = new Set(['discriminator', 'example', 'description', 'title', 'readOnly', 'default'])
