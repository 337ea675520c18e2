import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { egressWith, server as listener } from '@/test/egress'
import { answer } from '@/test/listener'
import { Egress } from './agent'

it('does not send a request that was ended while it waited for a connection', async () => {
  let requests = 0
  const server = createServer((_, response) => {
    requests += 1
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let found = () => {}
  const resolving = new Promise<void>((resolve) => {
    found = resolve
  })
  const resolve = async () => {
    await resolving
    return [{ address: '127.0.0.1', family: 4 }]
  }
  const egress = new Egress({ allow: [{ name: 'erp.internal' }, { network: '127.0.0.1', bits: 32 }] }, { resolve })
  const ending = new AbortController()
  const url = `http://erp.internal:${port}/`
  try {
    const ended = egress.request(url, { pool: 'acc_1', signal: ending.signal })
    await sleep(50)
    ending.abort()
    await expect(ended).rejects.toMatchObject({ code: 'aborted' })
    found()
    // One that is sent after it, over the connection that the first had waited for.
    const { body } = await egress.request(url, { pool: 'acc_1' })
    body.resume()
    await once(body, 'close')
    expect(requests).toBe(1)
  } finally {
    await egress.close()
    server.close()
  }
})

it('takes the first of several lines of a header of which there is one, and of others all of them', async () => {
  const lines = ['location: /a', 'location: /b', 'retry-after: 3', 'retry-after: 4', 'link: <a>', 'link: <b>']
  const { port } = await listener((socket) => socket.write(answer('', `${lines.join('\r\n')}\r\n`, '503 Busy')))
  const { headers, body } = await egressWith(['127.0.0.1/32']).request(`http://127.0.0.1:${port}/`)
  body.resume()
  expect(headers).toMatchObject({ location: '/a', 'retry-after': '3', link: ['<a>', '<b>'] })
})
