import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toOrigin } from './credentials/urls'

import { judgeUrl } from './egress/url'
import { parseUrl } from './parse-url'

describe('an address', () => {
  it('is read, also relative to another, or is none', () => {
    expect(parseUrl('https://example.com:443/x')?.origin).toBe('https://example.com')
    expect(parseUrl('/y', 'https://example.com/x')?.href).toBe('https://example.com/y')
    for (const none of ['', 'x', '/x', 'https://', 'https://a b']) expect(parseUrl(none)).toBeNull()
  })

  it('with letters beyond ASCII is one however often it was asked about', () => {
    const policy = { allow: [] }
    const judged = new Set<string>()
    for (let times = 0; times < 20_000; times++) {
      judged.add(
        `${toOrigin('https://m\u00fcnchen.example/x')} ${judgeUrl('https://m\u00fcnchen.example/x', policy).host}`,
      )
    }
    expect([...judged]).toEqual(['https://xn--mnchen-3ya.example xn--mnchen-3ya.example'])
  })

  it('is nowhere asked about in the way that forgets', async () => {
    const root = join(import.meta.dirname, '..')
    const folders = ['app', 'components', 'db', 'emails', 'jobs', 'lib']
    const names = await Promise.all(
      folders.map(async (folder) =>
        (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
      ),
    )
    const sources = [...names.flat(), ...(await readdir(root))].filter(
      (name) => /\.(tsx?|mjs)$/.test(name) && !name.includes('parse-url'),
    )
    expect(sources.length).toBeGreaterThan(500)
    const texts = await Promise.all(sources.map((name) => readFile(join(root, name), 'utf8')))
    expect(sources.filter((_, at) => /URL\.canParse\(/.test(texts[at] ?? ''))).toEqual([])
  })
})
