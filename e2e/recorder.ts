import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { freePort } from '../test/postgres'

/** One answer of the product, head and body. */
export interface Recorded {
  path: string
  bytes: Buffer
}

/** Stands between a browser and the product and keeps every answer, whatever the browser makes of it. */
export interface Recorder {
  /** The address that the product must be told as its public one. */
  url: string
  /** Hands requests on to a product. */
  target: string
  answers: Recorded[]
  stop(): Promise<void>
}

export async function startRecorder(): Promise<Recorder> {
  const port = await freePort()
  const server = createServer((incoming, outgoing) => {
    // Without compression, so that what is said stands in the bytes.
    const { 'accept-encoding': _, ...headers } = incoming.headers
    const options = { method: incoming.method, headers }
    const handedOn = request(recorder.target + incoming.url, options, (answer) => {
      const chunks: Buffer[] = [Buffer.from(JSON.stringify(answer.headers))]
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        recorder.answers.push({ path: `${incoming.method} ${incoming.url}`, bytes: Buffer.concat(chunks) }),
      )
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    // A page that is left breaks off what it asked for.
    outgoing.on('close', () => handedOn.destroy())
    handedOn.on('error', () => outgoing.destroy())
    incoming.pipe(handedOn)
  })
  const recorder: Recorder = {
    url: `http://localhost:${port}`,
    target: '',
    answers: [],
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  server.listen(port, 'localhost')
  await once(server, 'listening')
  return recorder
}
