/** Columns of numbers by name. */
export type NamedColumns = Record<string, Int32Array | Float64Array>

const STEP = 8
const LENGTH_BYTES = 4

interface Described {
  name: string
  isInts: boolean
  length: number
}

/**
 * A plain object and columns as bytes: the length of what follows, then the object and a list of the columns as JSON,
 * then each column as it lies in memory, little-endian, at a multiple of 8.
 */
export function packColumns(head: unknown, columns: NamedColumns): Uint8Array {
  const described = Object.entries(columns).map(
    ([name, column]): Described => ({ name, isInts: column instanceof Int32Array, length: column.length }),
  )
  const text = new TextEncoder().encode(JSON.stringify({ head, described }))
  let at = stepUp(LENGTH_BYTES + text.length)
  const total = Object.values(columns).reduce((sum, column) => sum + stepUp(column.byteLength), at)
  const bytes = new Uint8Array(total)
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(text, LENGTH_BYTES)
  for (const { buffer, byteOffset, byteLength } of Object.values(columns)) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += stepUp(byteLength)
  }
  return bytes
}

/** The columns are copies: the bytes may lie anywhere in a larger buffer. */
export function unpackColumns(bytes: Uint8Array): { head: unknown; columns: NamedColumns } {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
  let at = stepUp(LENGTH_BYTES + length)
  const text = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length))
  const { head, described } = JSON.parse(text) as { head: unknown; described: Described[] }
  const columns: NamedColumns = {}
  for (const { name, isInts, length: count } of described) {
    const size = count * (isInts ? Int32Array : Float64Array).BYTES_PER_ELEMENT
    const { buffer } = Uint8Array.from(bytes.subarray(at, at + size))
    columns[name] = isInts ? new Int32Array(buffer) : new Float64Array(buffer)
    at += stepUp(size)
  }
  return { head, columns }
}

const stepUp = (size: number): number => Math.ceil(size / STEP) * STEP
