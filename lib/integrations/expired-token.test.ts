import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
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
