import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const refused: [file: string, statement: string][] = [
  ['app/settings/page.tsx', "import { db } from '@/db/client'"],
  ['app/settings/page.tsx', "import type { Database } from '../../db/client'"],
  ['app/settings/page.tsx', "import { sweep } from '@/jobs'"],
  ['app/settings/page.tsx', "import { forEachDatabase } from '@/test/databases'"],
  ['instrumentation.ts', "import { Button } from './components/ui/button'"],
  ['components/key.tsx', "import { Page } from '@/app/page'"],
  ['components/key.tsx', "import type { Row } from '@/db/schema'"],
  ['components/key.tsx', "import { createApiKey } from '@/lib/api-keys'"],
  ['components/key.tsx', "export { MAX_BULK_KEYS } from '@/lib/api-keys'"],
  ['jobs/sweep.ts', "import { db } from '@/db/client'"],
  ['app/settings/page.tsx', "import { renderMail } from '@/emails'"],
  ['components/key.tsx', "import { renderMail } from '@/emails'"],
  ['lib/api/app.ts', "import { renderMail } from '@/emails'"],
  ['lib/api/app.ts', "const { renderMail } = await import('../../emails')"],
  ['emails/mail.tsx', "import { db } from '@/db/client'"],
  ['emails/mail.tsx', "import { Button } from '@/components/ui/button'"],
  ['emails/mail.tsx', "import { deliverMails } from '@/lib/notifications'"],
  ['emails/mail.tsx', "import { headers } from 'next/headers'"],
  ['lib/api/app.ts', "import { Page } from '../../app/page'"],
  ['lib/api/app.ts', "import { Button } from '@/components/ui/button'"],
  ['lib/api/app.ts', "import { sweep } from '@/jobs'"],
  ['lib/api/app.ts', "import { headers } from 'next/headers'"],
  ['lib/api/app.ts', "import { cache } from 'react'"],
  ['lib/api/app.ts', "const page = await import('@/app/page')"],
  ['db/client.ts', "import { parseConfig } from '@/lib/config'"],
  ['db/client.ts', "import { parseConfig } from '../lib/config'"],
  ['e2e/story.e2e.ts', "import { createApiKey } from '../lib/api-keys'"],
]

const allowed: [file: string, statement: string][] = [
  ['app/settings/page.tsx', "import { createApiKey } from '@/lib/api-keys'"],
  ['app/settings/page.tsx', "import { Button } from '@/components/ui/button'"],
  ['components/key.tsx', "import type { ApiKey } from '@/lib/api-keys'"],
  ['components/key.tsx', "import { Button } from './ui/button'"],
  ['jobs/sweep.ts', "import { retireSilent } from '@/lib/api-keys'"],
  ['jobs/deliver.ts', "import { renderMail } from '@/emails'"],
  ['emails/mail.tsx', "import type { MailContent } from '@/lib/notifications'"],
  ['emails/mail.tsx', "import { Text } from '@react-email/text'"],
  ['lib/api/app.ts', "import { apiKeys } from '@/db/schema'"],
  ['lib/api/app.ts', "import { hash } from '../api-keys/token'"],
  ['db/schema/api-keys.ts', "import { at } from './columns'"],
  ['lib/api/app.test.ts', "import { forEachDatabase } from '@/test/databases'"],
]

/** Lints all statements at once, each on a line of its own of the file it is planted in; answers the lines refused. */
function lint(cases: [file: string, statement: string][]): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fenicia-imports-'))
  try {
    cpSync('biome.json', join(folder, 'biome.json'))
    for (const file of new Set(cases.map(([file]) => file))) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      // A line that belongs to another file stays empty, so that line numbers are those of the table.
      writeFileSync(join(folder, file), cases.map(([owner, statement]) => (owner === file ? statement : '')).join('\n'))
    }
    const biome = resolve('node_modules/@biomejs/biome/bin/biome')
    const args = ['lint', '--vcs-enabled=false', '--only=style/noRestrictedImports', '--reporter=json', '.']
    const options = { cwd: folder, encoding: 'utf8', maxBuffer: 10_000_000 } as const
    const { stdout } = spawnSync(process.execPath, [biome, ...args, '--max-diagnostics=none'], options)
    const report = JSON.parse(stdout) as { diagnostics: { location: { start: { line: number } } }[] }
    return new Set(report.diagnostics.map(({ location }) => `${cases[location.start.line - 1]}`))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const found = lint([...refused, ...allowed])

it.each(refused)('%s may not say: %s', (...statement) => {
  expect(found).toContain(`${statement}`)
})

it.each(allowed)('%s may say: %s', (...statement) => {
  expect(found).not.toContain(`${statement}`)
})
