import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

/**
 * Tests that put something in place of a module (`vi.mock`), each run in a process of its own: what was imported before
 * them stays as it is, and what comes after them would meet what they put.
 */
export const ALONE = [
  'app/server-actions.test.ts',
  'app/session.integration.test.ts',
  'app/settings/files.test.ts',
  'db/client.test.ts',
  'db/data-folder.test.ts',
  'lib/accounts/passwords.test.ts',
  'lib/accounts/sign-in.integration.test.ts',
  'lib/api-keys/bulk.integration.test.ts',
]

const elsewhere = [...configDefaults.exclude, '.next/**', 'e2e/**', 'test/trigger/**']

// Files share a process with those before them, and hence what these have imported: that alone would take a third of the time.
const unit = {
  // Also where there are two cores: what takes longest there waits for a clock.
  maxWorkers: 2,
  exclude: [...elsewhere, '**/*.integration.test.ts'],
}
const integration = {
  globalSetup: 'test/integration-setup.ts',
  // One more than there are cores, since many wait for a clock; each may hold an embedded database of 200 MB.
  maxWorkers: 3,
  hookTimeout: 60_000,
  // MB. Most of what they make is of no use a moment later: cleared away less often, it costs a twentieth less of the time.
  execArgv: ['--max-semi-space-size=32'],
}

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') } },
  test: {
    // What a machine that does something else beside needs at times; what never comes takes a test's whole time either way.
    testTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          ...unit,
          name: 'unit',
          sequence: { groupOrder: 0 },
          isolate: false,
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...unit.exclude, ...ALONE],
        },
      },
      {
        extends: true,
        test: {
          ...unit,
          name: 'unit-alone',
          sequence: { groupOrder: 0 },
          include: ALONE,
        },
      },
      {
        extends: true,
        test: {
          ...integration,
          name: 'integration',
          sequence: { groupOrder: 1 },
          isolate: false,
          include: ['**/*.integration.test.ts'],
          exclude: [...elsewhere, ...ALONE],
        },
      },
      {
        extends: true,
        test: {
          ...integration,
          name: 'integration-alone',
          sequence: { groupOrder: 1 },
          include: ALONE.filter((file) => file.endsWith('.integration.test.ts')),
          exclude: elsewhere,
        },
      },
      {
        extends: true,
        test: {
          // With the command line of Trigger.dev, which `npm test -- jobs` installs first.
          name: 'jobs',
          sequence: { groupOrder: 2 },
          include: ['test/trigger/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
      {
        // `npm run test:stress`: the same tests as in the project before, at full length.
        extends: true,
        test: {
          name: 'stress',
          sequence: { groupOrder: 3 },
          include: ['killed', 'database-down', 'provider-down', 'stress'].map(
            (name) => `lib/oauth/renewal/${name}.integration.test.ts`,
          ),
          exclude: elsewhere,
          env: { TEST_LENGTH: 'full' },
          globalSetup: 'test/integration-setup.ts',
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
