/** An answer of lines that are sent as they are written. */
export interface LineStream<Line> {
  stream: ReadableStream<Uint8Array>
  /** Does nothing once nobody reads any more. */
  write(line: Line): void
  close(): void
  /** Aborts when the reader has gone, or `outer` aborts. */
  signal: AbortSignal
}

/** A stream of lines of JSON (NDJSON), and a signal that says when nobody reads it any more. */
export function lineStream<Line>(outer: AbortSignal): LineStream<Line> {
  const gone = new AbortController()
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null
  const stream = new ReadableStream<Uint8Array>({
    start: (own) => {
      controller = own
    },
    cancel: () => {
      controller = null
      gone.abort()
    },
  })
  return {
    stream,
    write: (line) => controller?.enqueue(encoder.encode(`${JSON.stringify(line)}\n`)),
    close: () => {
      controller?.close()
      controller = null
    },
    signal: AbortSignal.any([outer, gone.signal]),
  }
}
