import { inspect } from 'node:util'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { Secret } from './secret'

const VALUE = 'canary-8f41'
const secret = new Secret(VALUE)
const holder = { name: 'ERP', nested: { list: [secret] } }

describe('a secret', () => {
  it.each<[string, () => unknown]>([
    ['a template', () => `${secret}`],
    ['a concatenation', () => ['', secret].join('')],
    ['String()', () => String(secret)],
    ['JSON', () => JSON.stringify(holder)],
    ['console', () => inspect(holder, { depth: null, showHidden: true, getters: true, customInspect: true })],
    [
      'console without custom inspection',
      () => inspect(holder, { depth: null, showHidden: true, customInspect: false }),
    ],
    ['a structured clone', () => inspect(structuredClone(holder), { depth: null, showHidden: true })],
    ['a spread', () => inspect({ ...secret }, { showHidden: true })],
    ['Object.entries', () => inspect(Object.entries(secret))],
    [
      'an error’s message and stack',
      () => inspect(new Error(`It failed with ${secret}`, { cause: holder }), { depth: null }),
    ],
    ['a buffer', () => Buffer.from(`${secret}`).toString()],
    ['a query parameter', () => new URLSearchParams({ token: String(secret) }).toString()],
    [
      'a line of the log',
      () => {
        const lines: string[] = []
        pino({}, { write: (text: string) => void lines.push(text) }).info({
          secret,
          holder,
          err: new Error(`${secret}`),
        })
        return lines.join('')
      },
    ],
  ])('does not come out in %s', (_where, print) => {
    const printed = String(print())
    expect(printed).not.toContain(VALUE)
    expect(printed).not.toContain(Buffer.from(VALUE).toString('base64').slice(0, -2))
  })

  it('says what it is, and gives its value to who asks for it', () => {
    expect([`${secret}`, JSON.stringify([secret]), inspect([secret])]).toEqual([
      '[secret]',
      '["[secret]"]',
      '[ [secret] ]',
    ])
    expect(secret.reveal()).toBe(VALUE)
  })
})
