import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { readBody } from '../egress/body'
import { lookForExpiredToken } from './expired-token'

const rule = { statuses: [], json: { path: 'error', equals: 'expired' } }

function answerOf(type: string) {
  const body = new PassThrough()
  body.write('{"error":"expired"}')
  return { body, answer: { status: 200, headers: { 'content-type': type }, body, received: () => 0 } }
}

it.each(['application/json-seq', 'application/json-lines'])(
  'holds back no stream of texts, such as %s',
  async (type) => {
    const { answer } = answerOf(type)
    const looked = await Promise.race([lookForExpiredToken(answer, rule), sleep(500, null)])
    expect(looked).toEqual({ isExpired: false, answer })
  },
)

it.each(['application/json', 'application/json;charset=utf-8', 'application/problem+json ; charset=utf-8'])(
  'looks into %s',
  async (type) => {
    const { body, answer } = answerOf(type)
    body.end()
    expect(await lookForExpiredToken(answer, rule)).toMatchObject({ isExpired: true })
  },
)

it('ends the call when an answer that is longer than what is looked into is not wanted any more', async () => {
  const { body, answer } = answerOf('application/json')
  body.write(Buffer.alloc(128 * 1024, ' '))
  const looked = await lookForExpiredToken(answer, rule)
  for await (const _ of looked.answer.body) break
  await expect.poll(() => body.destroyed).toBe(true)
})

it('ends the call also when nothing was read of such an answer', async () => {
  const { body, answer } = answerOf('application/json')
  body.write(Buffer.alloc(128 * 1024, ' '))
  const looked = await lookForExpiredToken(answer, rule)
  looked.answer.body.destroy()
  await expect.poll(() => body.destroyed).toBe(true)
})

it('passes the whole of such an answer on', async () => {
  const { body, answer } = answerOf('application/json')
  body.end(Buffer.alloc(128 * 1024, ' '))
  const looked = await lookForExpiredToken(answer, rule)
  const { bytes, truncated } = await readBody(looked.answer.body, 1024 * 1024)
  expect([bytes.length, truncated]).toEqual([128 * 1024 + '{"error":"expired"}'.length, false])
})

it('breaks off with such an answer', async () => {
  const { body, answer } = answerOf('application/json')
  body.write(Buffer.alloc(128 * 1024, ' '))
  const looked = await lookForExpiredToken(answer, rule)
  const read = readBody(looked.answer.body, 1024 * 1024)
  setTimeout(() => body.destroy(new Error('broken off')), 50)
  await expect(read).rejects.toThrow('broken off')
})
