import { defineConfig } from '@trigger.dev/sdk'

/** How the command line of Trigger.dev builds the jobs, see docs/jobs.md. */
export default defineConfig({
  project: process.env.TRIGGER_PROJECT_REF || 'proj_set_TRIGGER_PROJECT_REF',
  runtime: 'node-22',
  dirs: ['./jobs/trigger'],
  ignorePatterns: ['**/*.test.ts'],
  // Each job says its own; this is for none.
  maxDuration: 300,
  retries: { enabledInDev: true },
  // A worker's runtime, with its database connections, serves run after run.
  processKeepAlive: true,
  build: {
    // What Next doesn't put in a bundle either, see next.config.ts.
    external: [
      '@electric-sql/pglite',
      '@neondatabase/serverless',
      '@node-rs/argon2',
      'pg',
      'pino',
      'rate-limiter-flexible',
      'undici',
      'ws',
    ],
  },
})
