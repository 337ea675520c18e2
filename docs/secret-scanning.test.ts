import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { RE2JS } from 're2js'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { createToken, isWellFormedToken } from '@/lib/api-keys'

// What is published for scanners: rules in the tools' own formats, and programs that run as they stand.

const page = readFileSync(new URL('secret-scanning.md', import.meta.url), 'utf8')
const file = (name: string) => readFileSync(new URL(`secret-scanning/${name}`, import.meta.url), 'utf8')

const { token: live } = createToken('live')
const { token: test } = createToken('test')
/** A file as somebody would commit it, with what must be found in it. */
const PLANTED = `const key = "${live}"
FENICIA_TOKEN=${test}
url: https://example.com/?token=${live}&x=1
`
/** What only looks like a token. */
const HARMLESS = `fn_live_ fn_live_short fn_prod_${live.slice(8)} x${live} ${live}x fn_live_${'-'.repeat(38)}`

/** Both tools are written in Go: their patterns are of RE2, which has no look-around and no back-references. */
function finds(pattern: string, text: string): string[] {
  const matcher = RE2JS.compile(pattern).matcher(text)
  const found: string[] = []
  while (matcher.find()) found.push(matcher.group(1) ?? '')
  return found
}

/** https://github.com/gitleaks/gitleaks#configuration */
const gitleaks = z.strictObject({
  title: z.string(),
  extend: z.strictObject({ useDefault: z.boolean() }),
  rules: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]+$/),
        description: z.string(),
        regex: z.string(),
        secretGroup: z.int().nonnegative(),
        entropy: z.number(),
        keywords: z.array(z.string().toLowerCase()).min(1),
      }),
    )
    .length(1),
})

/**
 * https://github.com/trufflesecurity/trufflehog/blob/main/pkg/custom_detectors/CUSTOM_DETECTORS.md. No `verify`: it posts what was
 * found as JSON with headers that are always the same, which no address of ours takes, so a live token would look like a dead one.
 */
const trufflehog = z.strictObject({
  detectors: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9]+$/),
        keywords: z.array(z.string()).min(1),
        regex: z.record(z.string(), z.string()),
      }),
    )
    .length(1),
})

/** Bits per character, as gitleaks reckons it (Shannon). */
function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}

describe('the rule for gitleaks', () => {
  const [rule] = gitleaks.parse(parseToml(file('gitleaks.toml'))).rules

  it('finds every planted token, and nothing that only looks like one', () => {
    expect(finds(rule?.regex ?? '', PLANTED)).toEqual([live, test, live])
    expect(finds(rule?.regex ?? '', HARMLESS)).toEqual([])
  })

  it('looks at no file without a word that every token has, and takes every token for random enough', () => {
    for (let i = 0; i < 500; i++) {
      const { token } = createToken(i % 2 ? 'live' : 'test')
      expect(rule?.keywords.some((keyword) => token.toLowerCase().includes(keyword))).toBe(true)
      expect(entropyOf(token)).toBeGreaterThan(rule?.entropy ?? Number.POSITIVE_INFINITY)
    }
  })
})

describe('the detector for TruffleHog', () => {
  const [detector] = trufflehog.parse(parseYaml(file('trufflehog.yaml'))).detectors

  it('finds every planted token, and nothing that only looks like one', () => {
    expect(finds(detector?.regex.token ?? '', PLANTED)).toEqual([live, test, live])
    expect(finds(detector?.regex.token ?? '', HARMLESS)).toEqual([])
    for (const token of [live, test]) {
      expect(detector?.keywords.some((keyword) => token.includes(keyword))).toBe(true)
    }
  })
})

describe('the page', () => {
  const program = (language: string) =>
    new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? expect.fail(`There is no ${language}`)
  const mistyped = `${live.slice(0, -1)}${live.endsWith('0') ? '1' : '0'}`
  const texts = [
    live,
    test,
    mistyped,
    HARMLESS,
    '',
    ...[...page.matchAll(/\| `(fn_\w+)` \|/g)].map(([, text]) => text ?? ''),
  ]
  const verdicts = texts.map(isWellFormedToken)

  it('has examples of both kinds, and says of each what it is', () => {
    const rows = [...page.matchAll(/\| `(fn_\w+)` \| (\w+)/g)].map(([, text = '', word]) => [
      word === 'right',
      isWellFormedToken(text),
    ])
    expect(rows).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ])
  })

  const languages = [
    {
      name: 'JavaScript',
      program: process.execPath,
      args: (verify: string) => ['--input-type=module', '--eval', verify],
      source: `${program('js').replace('export ', '')}
console.log(JSON.stringify(${JSON.stringify(texts)}.map(isFeniciaToken)))`,
    },
    {
      name: 'Python',
      program: 'python3',
      args: (verify: string) => ['-c', verify],
      source: `${program('python')}
import json
print(json.dumps([is_fenicia_token(text) for text in json.loads(${JSON.stringify(JSON.stringify(texts))})]))`,
    },
    // What a machine lacks can't be shown on it.
  ].filter(({ program }) => !spawnSync(program, ['--version']).error)

  it.each(languages)('has a program in $name that tells tokens from what only looks like one', (language) => {
    const output = execFileSync(language.program, language.args(language.source), { encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual(verdicts)
  })
})
