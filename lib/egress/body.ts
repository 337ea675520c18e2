import type { Readable } from 'node:stream'

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
