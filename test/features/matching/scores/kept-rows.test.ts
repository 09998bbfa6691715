import { expect, test } from 'vitest'
import { keepRows } from '../../../../src/features/matching/scores/kept-rows.ts'

test.each([
  ['kept', 3, 5, 2],
  ['folded again, where they would fill the memory', 3000, 3000, 3],
])('rows are %s', (_, rows, length, folds) => {
  let folded = 0
  const rowOf = keepRows(rows, length, (row, into) => {
    folded++
    for (let at = 0; at < length; at++) into[at] = (into[at] as number) + row
  })
  for (const row of [1, 1, 2, 1]) expect(rowOf(row)).toEqual(new Int32Array(length).fill(row))
  expect(folded).toBe(folds)
})
