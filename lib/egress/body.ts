import type { Readable } from 'node:stream'

/**
 * Reads the beginning of a body and closes the connection when there is more.
 * @param ending the signal that ends the call: what came until then is a beginning too
 * @throws {EgressError} when it breaks off before that
 */
export async function readBody(
  body: Readable,
  maxBytes: number,
  ending?: AbortSignal,
): Promise<{ bytes: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  let isCut = false
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size > maxBytes) break
    }
  } catch (error) {
    if (!ending?.aborted) throw error
    isCut = true
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), truncated: isCut || size > maxBytes }
}
