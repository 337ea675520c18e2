/** A cell as a spreadsheet takes it for a formula: it would run with the rights of whoever opens the file. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
/** The same after a semicolon, which parts cells where numbers are written 1,5, whatever the quotes around it say. */
const LATER_FORMULA = /(;"*)(?=[=+\-@＝＋－＠])/g

type Cell = string | number | null

/** A line of CSV (RFC 4180). Text that a spreadsheet would run is made plain text by an apostrophe before it. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = (FORMULA.test(cell) ? `'${cell}` : cell).replace(LATER_FORMULA, "$1'")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
