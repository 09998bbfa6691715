/** Which figure of a report: a column of a row of a section, as the report names them. */
export interface FigureWanted {
  code: string
  section: string
  row: string
  column: string
  as_of?: string | undefined
  /** `next` of the page before. */
  after?: number | undefined
  /** At most 500. */
  limit?: number | undefined
}
