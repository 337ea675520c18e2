import { execFile, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allMethods } from '../words'
import { exampleCall } from './example-call'
import { callSnippets } from './snippets'

const FENICIA_TOKEN = `fn_test_${'a'.repeat(38)}`
const seen: string[] = []
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`.trim())
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not here')
  })
})
let proxy = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/integrations/erp/proxy/`
})
afterAll(() => {
  server.close()
})

const run = promisify(execFile)
const env = { ...process.env, FENICIA_TOKEN }
const programs = {
  curl: { needs: 'curl', run: (code: string) => run('sh', ['-c', code], { env }) },
  javascript: { needs: process.execPath, run: (code: string) => run(process.execPath, ['--eval', code], { env }) },
  python: { needs: 'python3', run: (code: string) => run('python3', ['-c', code], { env }) },
}

/** A machine may lack a language; nothing that the product needs. */
const itNeedsProgram = (program: string) => it.skipIf(spawnSync(program, ['--version']).error !== undefined)

describe.each(['GET', 'HEAD', 'POST', 'DELETE'])('the ready request with %s', (method) => {
  for (const id of ['curl', 'javascript', 'python'] as const) {
    itNeedsProgram(programs[id].needs)(`in ${id} runs as it stands, and shows a refusal too`, async () => {
      const snippet = callSnippets(proxy, { method, path: 'orders/1' }).find((one) => one.id === id)
      seen.length = 0
      const { stdout } = await programs[id].run(snippet?.code ?? '')
      const body = method === 'POST' ? ' {}' : ''
      expect(seen).toEqual([`${method} /api/v1/integrations/erp/proxy/orders/1 Bearer ${FENICIA_TOKEN}${body}`])
      expect(stdout).toMatch(method === 'HEAD' ? /404/ : /not here/)
    })
  }
})

it.each([
  [[], [...allMethods], { method: 'GET', path: '' }],
  [['/orders/**'], ['POST', 'DELETE'], { method: 'POST', path: 'orders' }],
  [['/orders/*/lines', '/x'], ['DELETE'], { method: 'DELETE', path: 'orders/1/lines' }],
  [['/**'], ['HEAD'], { method: 'HEAD', path: '' }],
  [['/orders/'], ['OPTIONS', 'POST'], { method: 'OPTIONS', path: 'orders/' }],
])('of the paths %j and the methods %j it shows %j', (paths, methods, call) => {
  expect(exampleCall({ paths, methods })).toEqual(call)
})
