import { defineConfig, devices } from '@playwright/test'
import { prepareBrowser } from './e2e/browser'
import { databaseKind } from './e2e/place'

const { executablePath, env } = await prepareBrowser()

/** Suites about something that only some databases have; all others run on each. */
const ONLY = {
  // The embedded database belongs to one process, which must survive being killed and must not be shared.
  pglite: ['crash.e2e.ts', 'commands.e2e.ts'],
  // Several instances, or a line that is cut, need a database behind a socket.
  server: ['revocation.e2e.ts', 'outage.e2e.ts'],
}
/** Suites about what stands between a person and the database, whichever that is: shared out, so that none waits long. */
const ONCE = {
  pglite: [
    'accessibility.e2e.ts',
    'keys-states.e2e.ts',
    'members.e2e.ts',
    'people-mails.e2e.ts',
    'roles.e2e.ts',
    'second-factor.e2e.ts',
    'shell.e2e.ts',
  ],
  postgres: [
    'audit.e2e.ts',
    'connect.e2e.ts',
    'credentials.e2e.ts',
    'csp.e2e.ts',
    'integrations.e2e.ts',
    'limits.e2e.ts',
    'people.e2e.ts',
    'permissions.e2e.ts',
    'rehearse.e2e.ts',
    'renewal.e2e.ts',
    'review.e2e.ts',
    'review-choice.e2e.ts',
    'webhooks.e2e.ts',
  ],
}

/** Neon's driver differs from that of Postgres in few things; the rest is run with it when all is asked for, since a run has its time. */
const NOT_WITH_NEON = process.env.FENICIA_E2E_ALL
  ? []
  : [...ONCE.pglite, ...ONCE.postgres, 'keys-list.e2e.ts', 'leaks.e2e.ts']

function ignored(kind: ReturnType<typeof databaseKind>): string[] {
  switch (kind) {
    case 'pglite':
      return [...ONLY.server, ...ONCE.postgres]
    case 'postgres':
      return [...ONLY.pglite, ...ONCE.pglite]
    case 'neon':
      return [...ONLY.pglite, ...NOT_WITH_NEON]
  }
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
