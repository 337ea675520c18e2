import { expect, test } from 'vitest'
import { pageAddresses, settingsAddresses } from './pages.mjs'

const parameters = { 'api-keys': 'k', credentials: 'c', integrations: 'i', webhooks: 'w', roles: 'r' }

test('all pages are found, those of one thing with its id', () => {
  const pages = pageAddresses(parameters)
  for (const path of ['/', '/sign-in', '/settings', '/settings/api-keys', '/settings/credentials/c/edit']) {
    expect(pages).toContain(path)
  }
  expect(() => pageAddresses({ ...parameters, webhooks: '' })).toThrow('give webhooks one')
})

test('of the settings, only what is a page of its own', () => {
  const pages = settingsAddresses(parameters)
  expect(pages).toContain('/settings/members/roles/r')
  expect(pages).not.toContain('/settings')
  expect(pages.every((path) => path.startsWith('/settings/'))).toBe(true)
})
