import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ENV_EXAMPLE, renderEnvExample } from './env-example'

it('.env.example says what lib/config.ts says', () => {
  expect(readFileSync(ENV_EXAMPLE, 'utf8'), 'run `npm run env:example`').toBe(renderEnvExample())
})
