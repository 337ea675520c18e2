import { expect, it } from 'vitest'
import { isHeaderAllowed } from './request'

it.each(['Authorization', 'X-Api-Key', 'x_key', 'Cookie', 'Content-Type', 'TEA'])(
  'a call may have a header %j',
  (name) => {
    expect(isHeaderAllowed(name)).toBe(true)
  },
)

it.each(['Host', 'TE', 'expect', 'Content-Length', 'x key', 'x-key:', 'x-kéy', 'x\r\ny', '', ':path'])(
  'a call may not have a header %j',
  (name) => {
    expect(isHeaderAllowed(name)).toBe(false)
  },
)
