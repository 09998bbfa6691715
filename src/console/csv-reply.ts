import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { CSV_MARK, csvLine } from '../lib/csv.ts'

type Cells = Parameters<typeof csvLine>[0]

/**
 * Streams rows as a CSV file, page by page as they are read. What fails at the first page is answered as a page; what
 * fails later breaks the download off, so that half a file is not taken for a whole one.
 */
export async function sendCsv<Row>(
  reply: FastifyReply,
  file: { name: string; columns: string[]; pages: AsyncGenerator<Row[]>; cellsOf: (row: Row) => Cells },
): Promise<FastifyReply> {
  const first = await file.pages.next()
  return reply
    .header('content-disposition', `attachment; filename="${file.name.replaceAll(/[^\w.-]/g, '_')}"`)
    .type('text/csv; charset=utf-8')
    .send(Readable.from(linesOf(file, first.done ? [] : first.value)))
}

async function* linesOf<Row>(
  { columns, pages, cellsOf }: { columns: string[]; pages: AsyncGenerator<Row[]>; cellsOf: (row: Row) => Cells },
  first: Row[],
): AsyncGenerator<string> {
  const linesOfPage = (rows: Row[]) => rows.map((row) => csvLine(cellsOf(row))).join('')
  yield CSV_MARK + csvLine(columns) + linesOfPage(first)
  for await (const rows of pages) yield linesOfPage(rows)
}
