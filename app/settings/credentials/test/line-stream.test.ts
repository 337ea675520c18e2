import { expect, it } from 'vitest'
import { lineStream } from './line-stream'

const never = new AbortController().signal

it('sends each line as it is written, and ends', async () => {
  const { stream, write, close } = lineStream<object>(never)
  const reader = stream.getReader()
  const read = async () => new TextDecoder().decode((await reader.read()).value)
  write({ a: 1 })
  expect(await read()).toBe('{"a":1}\n')
  write({ b: 2 })
  expect(await read()).toBe('{"b":2}\n')
  close()
  expect((await reader.read()).done).toBe(true)
})

it('says when nobody reads any more, and takes what is written then', async () => {
  const { stream, write, close, signal } = lineStream<object>(never)
  expect(signal.aborted).toBe(false)
  await stream.cancel()
  expect(signal.aborted).toBe(true)
  write({ late: true })
  close()
})

it('ends with the request', () => {
  const request = new AbortController()
  const { signal } = lineStream<object>(request.signal)
  request.abort()
  expect(signal.aborted).toBe(true)
})
