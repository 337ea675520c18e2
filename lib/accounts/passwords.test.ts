import * as argon2 from '@node-rs/argon2'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { hashPassword, verifyPassword } from './passwords'

vi.mock('@node-rs/argon2', { spy: true })
const { hash, parseOptions, verify } = vi.mocked(argon2)

beforeEach(() => {
  vi.clearAllMocks()
})

it('is hashed by argon2id with the parameters that OWASP asks for, and a salt of its own', async () => {
  const [one, other] = await Promise.all([hashPassword('purple-cedar-ships-9'), hashPassword('purple-cedar-ships-9')])
  expect(parseOptions(one)).toMatchObject({
    algorithm: 2,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
    saltLen: 16,
  })
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(other)
})

it('is recognised, however its characters are composed', async () => {
  const stored = await hashPassword('la contraseña de Perú')
  expect(await verifyPassword('la contraseña de Perú'.normalize('NFD'), stored)).toBe(true)
  expect(await verifyPassword('la contrasena de Peru', stored)).toBe(false)
})

it('costs the same when there is nothing to compare it with', async () => {
  const passwordHash = await hashPassword('purple-cedar-ships-9')
  await verifyPassword('warm up', null)
  vi.clearAllMocks()
  expect(await verifyPassword('purple-cedar-ships-8', passwordHash)).toBe(false)
  expect([verify.mock.calls.length, hash.mock.calls.length]).toEqual([1, 0])
  expect(await verifyPassword('purple-cedar-ships-8', null)).toBe(false)
  expect([verify.mock.calls.length, hash.mock.calls.length]).toEqual([2, 0])
  const [stored, nothing] = verify.mock.calls.map(([compared]) => parseOptions(compared))
  expect(nothing).toEqual(stored)
})

describe('in a burst', () => {
  it('is worked on two at a time, and refused when too many wait', async () => {
    const started: (() => void)[] = []
    verify.mockImplementation(() => new Promise((resolve) => started.push(() => resolve(true))))
    const burst = Array.from({ length: 2 + 64 }, () => verifyPassword('x', 'hash'))
    const refused = expect(verifyPassword('x', 'hash')).rejects.toMatchObject({ code: 'too_many_attempts' })
    // Whatever could have begun has.
    await new Promise((resolve) => setImmediate(resolve))
    expect(started).toHaveLength(2)
    await refused
    for (let done = 0; done < burst.length; done++) {
      started[done]?.()
      await burst[done]
    }
    expect(started).toHaveLength(burst.length)
    // Nothing is held back afterwards.
    verify.mockResolvedValue(true)
    expect(await verifyPassword('x', 'hash')).toBe(true)
  })

  it('goes on after one that failed', async () => {
    verify.mockRejectedValueOnce(new Error('broken hash')).mockRejectedValueOnce(new Error('broken hash'))
    await expect(verifyPassword('x', 'hash')).rejects.toThrow('broken hash')
    await expect(verifyPassword('x', 'hash')).rejects.toThrow('broken hash')
    verify.mockResolvedValue(true)
    expect(await Promise.all([1, 2, 3].map(() => verifyPassword('x', 'hash')))).toEqual([true, true, true])
  })
})
