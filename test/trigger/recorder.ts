import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RecordedRequest {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: unknown
}

/** An HTTP server that records what it is asked, and answers as it is told. */
export interface Recorder {
  url: string
  requests: RecordedRequest[]
  /** Status and body of the answers from now on; null: none. */
  answer: { status: number; body: unknown } | null
  close(): Promise<void>
}

export async function startRecorder(): Promise<Recorder> {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const { method = '', url = '', headers } = request
    recorder.requests.push({ method, url, headers, body: text === '' ? undefined : JSON.parse(text) })
    if (recorder.answer === null) return
    response.writeHead(recorder.answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(recorder.answer.body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const recorder: Recorder = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: { status: 200, body: { id: 'run_1', isCached: false } },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return recorder
}
