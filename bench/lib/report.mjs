// What people and programs get to read.

/**
 * A table as text: the first row are the headings, columns that hold only figures are aligned to the right.
 * @param {readonly (readonly string[])[]} rows
 */
export function table(rows) {
  const [headings, ...body] = rows
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const isFigure = headings.map((_, column) => body.every((row) => /^[-–≥≤×\d.,\s]*(ms|s|MB|kB)?$/.test(row[column])))
  const line = (/** @type {readonly string[]} */ row) =>
    row
      .map((cell, column) => (isFigure[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd()
  return [line(headings), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n')
}

/** 12,345 */
export function whole(/** @type {number} */ value) {
  return Math.round(value).toLocaleString('en-US')
}

/** Milliseconds with as many digits as mean something: 0.084, 1.53, 48.1; less than nothing for what was saved. */
export function milliseconds(/** @type {number} */ value) {
  return value.toFixed(Math.abs(value) < 1 ? 3 : Math.abs(value) < 10 ? 2 : 1)
}

/** 0.84, 4.8, 132 */
export function ratio(/** @type {number} */ value) {
  return value.toFixed(value < 3 ? 2 : value < 30 ? 1 : 0)
}

/** ≥ 20, ≤ 1.4 */
export function boundText(/** @type {{ atLeast: number } | { atMost: number }} */ bound) {
  return 'atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`
}

/** Says how far it is, to whoever watches; stdout is for the result alone. */
export function progress(/** @type {string} */ text) {
  process.stderr.write(`${text}\n`)
}
