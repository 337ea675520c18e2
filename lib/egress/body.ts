import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream'
import { EgressError, toEgressError } from './errors'

/** Passes a body on, as it is, up to a number of bytes. */
class BoundedBody extends Transform {
  #received = 0

  constructor(private readonly maxBytes: number) {
    super()
  }

  /** Bytes that came so far. */
  get received(): number {
    return this.#received
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#received += chunk.length
    if (this.#received > this.maxBytes) done(new EgressError('too_large', 'request'))
    else done(null, chunk)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    done(error && toEgressError(error, 'request'))
  }
}

/**
 * An answer's body that ends with an `EgressError` once it is larger than `maxBytes` or breaks off. Destroying it closes
 * the source. An error that nobody listens to is dropped, since a caller may not want the body at all.
 */
export function boundBody(source: Readable, maxBytes: number): BoundedBody {
  const bounded = new BoundedBody(maxBytes)
  bounded.on('error', () => {})
  pipeline(source, bounded, () => {})
  return bounded
}

/**
 * Reads the beginning of a body and closes the connection when there is more.
 * @throws {EgressError} when it breaks off before that
 */
export async function readBody(body: Readable, maxBytes: number): Promise<{ bytes: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBytes) break
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), truncated: size > maxBytes }
}
