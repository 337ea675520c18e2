import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadEnvConfig } from '@next/env'
import { expect, it, vi } from 'vitest'
import { ENV_EXAMPLE, renderEnvExample } from './env-example'

it('.env.example says what lib/config.ts says', () => {
  expect(readFileSync(ENV_EXAMPLE, 'utf8'), 'run `npm run env:example`').toBe(renderEnvExample())
})

it('$ and # written as it says arrive as they are in an .env file', () => {
  expect(renderEnvExample()).toContain("write \\$ for $, and a value with # in ''")
  vi.stubEnv('FENICIA_EXAMPLE', undefined)
  const folder = mkdtempSync(join(tmpdir(), 'fenicia-env-'))
  writeFileSync(join(folder, '.env'), "FENICIA_EXAMPLE='pa\\$word#1'\n")
  const { combinedEnv } = loadEnvConfig(folder, false, { info() {}, error() {} }, true)
  expect(combinedEnv.FENICIA_EXAMPLE).toBe('pa$word#1')
  rmSync(folder, { recursive: true })
})
