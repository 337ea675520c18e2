import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { freePort } from '../test/postgres'
import { expect, test } from './fixtures'
import { makePlace } from './place'

test('a server goes on, without a word, when nobody reads any more what it writes', async () => {
  const place = await makePlace('tables')
  const port = await freePort()
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, ['server.mjs'], {
    env: { PATH, HOME, ...place.env, NODE_ENV: 'production', PORT: String(port), FENICIA_LOG_LEVEL: 'debug' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  const errors = text(child.stderr)
  const ended = once(child, 'exit')
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/api/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await expect.poll(isUp, { timeout: 60_000 }).toBe(true)
  child.kill('SIGTERM')
  expect([await ended, await errors]).toEqual([[0, null], ''])
  await place.remove()
})
