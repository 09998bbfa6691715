import type { FastifyReply } from 'fastify'
import { writeReportCsv } from './csv.ts'
import type { Report } from './report.ts'

/** A report as a file, named by what it is about and the day of its figures. */
export function sendReportCsv(reply: FastifyReply, name: string, report: Report): FastifyReply {
  const day = report.as_of ?? report.data_at.slice(0, 10)
  return reply
    .header('content-disposition', `attachment; filename="report-${name}-${day}.csv"`)
    .type('text/csv; charset=utf-8')
    .send(writeReportCsv(report))
}
