import { execFile, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToken } from '@/lib/api-keys'
import { maskToken, requestSnippets } from './snippets'

const { token } = createToken('live')
const seen: string[] = []
const server = createServer((request, response) => {
  seen.push(`${request.method} ${request.url} ${request.headers.authorization}`)
  response.setHeader('content-type', 'application/json').end('{"name":"ERP Integration"}')
})
let origin = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
})

const run = promisify(execFile)
const programs = {
  curl: (code: string) => run('sh', ['-c', code]),
  javascript: (code: string) => run(process.execPath, ['--eval', code]),
  python: (code: string) => run('python3', ['-c', code]),
}

/** A machine may lack a language; nothing that the product needs. */
const itNeedsProgram = (program: string) => it.skipIf(spawnSync(program, ['--version']).error !== undefined)

describe('the ready request', () => {
  const needed = { curl: 'curl', javascript: process.execPath, python: 'python3' } as const
  for (const id of ['curl', 'javascript', 'python'] as const) {
    itNeedsProgram(needed[id])(`in ${id} runs as it stands`, () => runs(id))
  }

  async function runs(id: keyof typeof programs) {
    const snippet = requestSnippets(origin, token).find((one) => one.id === id)
    seen.length = 0
    const { stdout } = await programs[id](snippet?.code ?? '')
    expect(seen).toEqual([`GET /api/v1/me Bearer ${token}`])
    expect(stdout).toContain('ERP Integration')
  }
})

it('a masked token shows no more than its hint', () => {
  const masked = maskToken(token)
  expect(masked).toHaveLength(token.length)
  expect(masked.replaceAll('•', '')).toBe(token.slice(0, 12) + token.slice(-4))
})
