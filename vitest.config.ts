import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const elsewhere = [...configDefaults.exclude, '.next/**', 'e2e/**', 'test/trigger/**']

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') } },
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...elsewhere, '**/*.integration.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          sequence: { groupOrder: 1 },
          include: ['**/*.integration.test.ts'],
          exclude: elsewhere,
          globalSetup: 'test/integration-setup.ts',
          // One more than there are cores, since many wait for a clock; each may hold an embedded database of 300 MB.
          maxWorkers: 3,
          testTimeout: 30_000,
          hookTimeout: 60_000,
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
