// What becomes of what nobody reads. Built-ins only.

/**
 * Goes on where standard output or standard error can't be written any more: whoever read them has ended, as `head` does, or
 * the disk is full. Unheard, each line would be an uncaught error, which is logged in turn.
 */
export function outliveReaders() {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}
