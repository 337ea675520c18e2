import { defineConfig, devices } from '@playwright/test'
import { prepareBrowser } from './e2e/browser'
import { type DatabaseKind, databaseKind } from './e2e/place'

const { executablePath, env } = await prepareBrowser()

/** Suites about something that only some databases have; all others can run on each. */
const ONLY = {
  // The embedded database belongs to one process, which must survive being killed and must not be shared.
  pglite: ['commands.e2e.ts', 'crash.e2e.ts'],
  // Several instances, or a line that is cut, need a database behind a socket.
  server: ['outage.e2e.ts', 'revocation.e2e.ts'],
}
/**
 * Suites about what stands between a person and the database, whichever that is: shared out among the three, so that none
 * takes much longer than the others, which run beside it. FENICIA_E2E_ALL=1 runs each on all of them.
 */
const ONCE: Record<DatabaseKind, string[]> = {
  pglite: ['accessibility.e2e.ts', 'audit.e2e.ts', 'csp.e2e.ts', 'output.e2e.ts', 'shell.e2e.ts'],
  postgres: ['connect.e2e.ts', 'credentials.e2e.ts', 'limits.e2e.ts', 'rehearse.e2e.ts', 'renewal.e2e.ts'],
  neon: [
    'integrations.e2e.ts',
    'keys-states.e2e.ts',
    'members.e2e.ts',
    'people.e2e.ts',
    'people-mails.e2e.ts',
    'permissions.e2e.ts',
    'review.e2e.ts',
    'review-choice.e2e.ts',
    'roles.e2e.ts',
    'second-factor.e2e.ts',
    'webhooks.e2e.ts',
  ],
}
/** Neon's driver speaks to the same Postgres: these would find there what they find with the other one. */
const NOT_WITH_NEON = ['keys-list.e2e.ts', 'leaks.e2e.ts', 'stop.e2e.ts']

function ignored(kind: DatabaseKind): string[] {
  const never = kind === 'pglite' ? ONLY.server : ONLY.pglite
  if (process.env.FENICIA_E2E_ALL) return never
  const elsewhere = Object.entries(ONCE).flatMap(([other, suites]) => (other === kind ? [] : suites))
  return [...never, ...elsewhere, ...(kind === 'neon' ? NOT_WITH_NEON : [])]
}

export default defineConfig({
  testDir: 'e2e',
  // Emptied when a run begins, and another database's may be going on.
  outputDir: `test-results/${databaseKind()}`,
  testMatch: '*.e2e.ts',
  testIgnore: ignored(databaseKind()).map((name) => `**/${name}`),
  globalSetup: './e2e/global-setup.ts',
  // Two cores carry one browser with one server and its database; more at once only makes each slower.
  workers: 1,
  // What fails once has failed.
  retries: 0,
  forbidOnly: !!process.env.CI,
  // Long enough for a machine that is busy with something else; what hangs takes a test's whole time either way.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1280, height: 800 },
    // The sandbox of a browser needs rights that root in a container does not have; the only pages it meets are ours.
    launchOptions: { executablePath, env: { ...process.env, ...env }, args: ['--no-sandbox', '--disable-gpu'] },
    actionTimeout: 20_000,
    screenshot: 'only-on-failure',
    trace: 'off',
    // What moves costs an eighth of the browser's time.
    contextOptions: { reducedMotion: 'reduce' },
  },
})
