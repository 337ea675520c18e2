import { expect, it } from 'vitest'
import { emptyValues } from './initial'
import { toInput } from './input'
import { checkForm } from './rules'

const typed = (text: string) => ({ text, replace: false })
const values = {
  ...emptyValues('bearer'),
  name: 'Example',
  test: { method: 'GET', url: 'https://api.example.com/me', good: '' } as const,
}
const stored = {
  secretSetAt: { token: '2026-05-03T00:00:00.000Z' },
  savedFor: { hosts: ['https://api.example.com'], tokenOrigin: null, revocationOrigin: null },
}
const names = new Set(['token'])

it('says at once all that a form lacks, its secrets among them', () => {
  const { problems } = checkForm(toInput(emptyValues('bearer'), new Set()), null)
  expect(problems.map(({ field }) => field)).toEqual(expect.arrayContaining(['name', 'secret.token']))
})

it('asks for stored secrets again when the form names another host', () => {
  expect(checkForm(toInput(values, names), stored)).toEqual({ problems: [], again: [] })
  const elsewhere = { ...values, hosts: ['https://evil.example'] }
  expect(checkForm(toInput(elsewhere, names), stored).again).toMatchObject([{ field: 'secret.token' }])
  const known = { ...elsewhere, secret: { token: typed('new-token') } }
  expect(checkForm(toInput(known, names), stored).again).toEqual([])
})
