import type { ActionProblem } from '../../data/action-result'
import { TEST_PATH } from '../paths'
import type { TestLine, TestSubject } from './events'

const LOST =
  'The connection broke off before the test was over. A test changes nothing, but it may have spent a refresh token: its new tokens are then kept with the drafts above the list of credentials. Test again.'

/**
 * Runs a test on the server and hands on its lines as they come; the last one is a report or a refusal.
 * @throws {DOMException} `AbortError`, when `signal` ends it
 */
export async function readTest(
  subject: TestSubject,
  onLine: (line: TestLine) => void,
  signal: AbortSignal,
): Promise<void> {
  let isOver = false
  try {
    const response = await fetch(TEST_PATH, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(subject),
      signal,
    })
    const type = response.headers.get('content-type') ?? ''
    if (response.body && type.startsWith('application/x-ndjson')) {
      for await (const line of linesOf(response.body)) {
        isOver ||= line.kind === 'report' || line.kind === 'refused'
        onLine(line)
      }
    }
  } catch (error) {
    if (signal.aborted) throw error
  }
  if (!isOver && !signal.aborted) onLine({ kind: 'refused', ...lost })
}

const lost: Pick<ActionProblem, 'code' | 'message' | 'fields'> = { code: 'lost', message: LOST, fields: {} }

/** Lines of JSON as they arrive, however the bytes were cut on the way. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<TestLine> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    const lines = (rest + decoder.decode(value, { stream: !done })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield JSON.parse(line)
    if (done) return
  }
}
