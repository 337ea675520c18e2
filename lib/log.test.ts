import { DrizzleQueryError } from 'drizzle-orm'
import { beforeEach, expect, it, vi } from 'vitest'
import { createToken } from './api-keys'
import { log } from './log'

let lines: string[]
beforeEach(() => {
  lines = []
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0)
})

/** What the driver reports, as Postgres words it. */
function databaseError(message: string, fields: Record<string, unknown>): Error {
  return Object.assign(new Error(message), { severity: 'ERROR', ...fields })
}

it('lines are JSON with level, time and message', () => {
  log.info({ keys: 3 }, 'Usage was written')
  expect(JSON.parse(lines[0] ?? '')).toEqual({ level: 30, time: expect.any(String), keys: 3, msg: 'Usage was written' })
})

it('a failed query is told by its statement and codes, without a parameter or what the database quotes', () => {
  const cause = databaseError('invalid input syntax for type date: "parameter-1"', {
    code: '22007',
    detail: 'Key (token_hash)=(parameter-2) already exists.',
    constraint: 'api_keys_token_hash_idx',
  })
  const error = new DrizzleQueryError(
    'select $1, $2',
    ['parameter-1', 'parameter-2\n    at parameter-3 (x:1:2)'],
    cause,
  )
  log.error({ err: error }, 'An API request failed')
  const [line = ''] = lines
  expect(JSON.parse(line).err).toMatchObject({
    query: 'select $1, $2',
    cause: { code: '22007', constraint: 'api_keys_token_hash_idx' },
    stack: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
  })
  expect(line).not.toContain('parameter-1')
  expect(line).not.toContain('parameter-2')
})

it('a failed query is told as carefully when another error wraps it', () => {
  const query = new DrizzleQueryError('select $1', ['parameter'], databaseError('"parameter"', { code: '57014' }))
  log.error({ err: new Error('The database failed', { cause: query }) })
  const [line = ''] = lines
  expect(JSON.parse(line).err).toMatchObject({ message: 'The database failed', cause: { cause: { code: '57014' } } })
  expect(line).not.toContain('parameter')
})

it('an error that is its own cause is told once and again, but not for ever', () => {
  const error = new Error('round')
  error.cause = error
  log.error({ err: error })
  expect(lines).toHaveLength(1)
})

it('something thrown that is no error is not written out', () => {
  log.error({ err: { secret: 'hidden' } })
  expect(lines[0]).not.toContain('hidden')
})

it.each(['live', 'test'] as const)('a %s token leaves no line, wherever it was put', (environment) => {
  const { token } = createToken(environment)
  log.warn({ url: `/x?key=${token}`, err: new Error(`bad ${token}`), [token]: 1 }, `seen ${token}`)
  expect(lines[0]).not.toContain(token.slice(8, 30))
  expect(lines[0]).toContain(`fn_${environment}_[removed]`)
})

it('an unknown level does not keep the process from saying so', async () => {
  vi.resetModules()
  vi.stubEnv('FENICIA_LOG_LEVEL', 'loud')
  expect((await import('./log')).log.level).toBe('info')
})

it('logs from the level on that is configured', async () => {
  vi.resetModules()
  vi.stubEnv('FENICIA_LOG_LEVEL', 'error')
  const { log } = await import('./log')
  log.warn('not this')
  log.error('but this')
  expect(lines).toHaveLength(1)
})
