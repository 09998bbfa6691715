/** All rows together may keep so many numbers: 16 MB. */
const MOST_KEPT = 2 ** 22

/**
 * Rows of a table that are folded when first asked for and kept; where they would fill the memory, each is folded again
 * into the same place, and is valid until the next is asked for.
 */
export function keepRows(
  rows: number,
  length: number,
  fold: (row: number, into: Int32Array) => void,
): (row: number) => Int32Array {
  if (rows * length > MOST_KEPT) {
    const only = new Int32Array(length)
    let last = -1
    return (row) => {
      if (row !== last) fold(row, only.fill(0))
      last = row
      return only
    }
  }
  const kept: (Int32Array | undefined)[] = []
  return (row) => {
    const found = kept[row]
    if (found !== undefined) return found
    const folded = new Int32Array(length)
    fold(row, folded)
    kept[row] = folded
    return folded
  }
}
