/**
 * Numbers in columns, as bytes: questions and answers of tiles, and checkpoints. A line of JSON tells what follows, then
 * come the columns as they are in memory, each at a multiple of 8 (little-endian, as every machine is that Node runs on
 * today).
 */
export type Column = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array

const KINDS = { Uint8Array, Uint16Array, Int32Array, Uint32Array, Float64Array } as const
type Kind = keyof typeof KINDS

interface Described {
  name: string
  kind: Kind
  length: number
}

export interface Content {
  head: Record<string, unknown>
  columns: Record<string, Column>
}

const STEP = 8
const LENGTH_OCTETS = 4

export function toBytes({ head, columns }: Content): Uint8Array {
  const described = Object.entries(columns).map(
    ([name, column]): Described => ({ name, kind: column.constructor.name as Kind, length: column.length }),
  )
  const text = new TextEncoder().encode(JSON.stringify({ head, columns: described }))
  const start = stepUp(LENGTH_OCTETS + text.length)
  const total = Object.values(columns).reduce((sum, column) => sum + stepUp(column.byteLength), start)
  const bytes = new Uint8Array(total)
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(text, LENGTH_OCTETS)
  let at = start
  for (const column of Object.values(columns)) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at)
    at += stepUp(column.byteLength)
  }
  return bytes
}

/** Columns are copies: what is given may lie anywhere in a larger buffer. */
export function fromBytes(bytes: Uint8Array): Content {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
  const text = new TextDecoder().decode(bytes.subarray(LENGTH_OCTETS, LENGTH_OCTETS + length))
  const { head, columns: described } = JSON.parse(text) as { head: Content['head']; columns: Described[] }
  const columns: Record<string, Column> = {}
  let at = stepUp(LENGTH_OCTETS + length)
  for (const { name, kind, length: entries } of described) {
    const octets = entries * KINDS[kind].BYTES_PER_ELEMENT
    columns[name] = new KINDS[kind](new Uint8Array(bytes.subarray(at, at + octets)).buffer)
    at += stepUp(octets)
  }
  return { head, columns }
}

const stepUp = (octets: number): number => Math.ceil(octets / STEP) * STEP
