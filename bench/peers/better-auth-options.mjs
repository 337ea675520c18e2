// Peer (c): better-auth with its api-key plugin, set as favourably as its options allow.
import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import pg from 'pg'

/** As many connections as the other peer and the product have. */
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })

export const auth = betterAuth({
  baseURL: 'http://127.0.0.1',
  secret: 'only-for-measuring-only-for-measuring',
  database: pool,
  logger: { disabled: true },
  telemetry: { enabled: false },
  // What the plugin can put off is done after the answer.
  advanced: { backgroundTasks: { handler: (task) => void task.catch(() => {}) } },
  plugins: [
    apiKey({
      deferUpdates: true,
      enableMetadata: false,
      // Switched on here and without a limit on each key (see better-auth-seed.mjs): nothing is limited, and a request
      // costs one write. Switched off here, the plugin would write twice: `lastRequest`, then `updatedAt`.
      rateLimit: { enabled: true },
    }),
  ],
})
