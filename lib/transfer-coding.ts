/** What a parser of HTTP undoes by itself, and what says that there is nothing to undo. */
const UNDONE = new Set(['chunked', 'identity', ''])

/**
 * Whether a body comes in a transfer coding beside chunks, such as `gzip, chunked`: nobody here undoes that one, and without
 * the header, which is of one connection, nobody later could (RFC 9112, 6.1 and 7).
 * @param header `Transfer-Encoding`, as it came
 */
export function isCodedOtherwise(header: string | readonly string[] | undefined): boolean {
  if (header === undefined) return false
  return [header]
    .flat()
    .flatMap((line) => line.split(','))
    .some((coding) => !UNDONE.has(coding.trim().toLowerCase()))
}
