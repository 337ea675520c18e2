import { afterEach, expect, it, vi } from 'vitest'
import type { TestLine } from './events'
import { readTest } from './read-test'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** What the page is told when the server answers these pieces. */
async function told(pieces: Uint8Array[], type = 'application/x-ndjson; charset=utf-8'): Promise<TestLine[]> {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
  vi.stubGlobal('fetch', async () => new Response(stream, { headers: { 'content-type': type } }))
  const lines: TestLine[] = []
  await readTest({ credential_id: 'cred_1' }, (line) => lines.push(line), new AbortController().signal)
  return lines
}

it('puts lines together, however they were cut on the way', async () => {
  const bytes = new TextEncoder().encode(
    '{"kind":"server","server":"service","host":"münchen.example","isSecure":true}\n{"kind":"report","result":"good"}\n',
  )
  const whole = await told([bytes])
  expect(whole.map(({ kind }) => kind)).toEqual(['server', 'report'])
  expect(await told([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
})

it.each([
  ['breaks off', '{"kind":"server","server":"service","host":"a","isSecure":true}\n{"kind":"rep', undefined],
  ['is no stream of lines', '<h1>502</h1>', 'text/html'],
])('says so when the answer %s', async (_, text, type) => {
  const last = (await told([new TextEncoder().encode(text)], type)).at(-1)
  expect(last).toMatchObject({ kind: 'refused', code: 'lost' })
})
