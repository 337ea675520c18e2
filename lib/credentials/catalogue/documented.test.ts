import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { providers } from './index'

const page = readFileSync(new URL('../../../docs/oauth.md', import.meta.url), 'utf8')
const byProvider = page.slice(page.indexOf('## Provider by provider'), page.indexOf('## A service that is not here'))
const headings = [...byProvider.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)

it('tells in docs/oauth.md of every provider of OAuth2, and of no other', () => {
  const names = providers
    .filter(({ templates }) => templates.some(({ settings }) => settings.type === 'oauth2'))
    .map(({ name }) => name)
  expect([...headings].sort()).toEqual(names.sort())
})
