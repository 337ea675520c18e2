import type { NextConfig } from 'next'

const config: NextConfig = {
  // Types are checked by `npm run check`, which also sees the tests; a build need not do it again.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // Next would print the arguments of server actions in development, passwords among them.
  logging: { serverFunctions: false },
  reactStrictMode: true,
  // Native or WASM packages, and drivers that must exist once, are loaded from node_modules as they are.
  serverExternalPackages: [
    '@electric-sql/pglite',
    '@neondatabase/serverless',
    '@node-rs/argon2',
    '@trigger.dev/core',
    '@trigger.dev/sdk',
    '@react-email/render',
    'nodemailer',
    'pg',
    'pino',
    'rate-limiter-flexible',
    'undici',
    'ws',
  ],
  experimental: {
    // `forbidden()`: the page for those whose role does not allow what they opened.
    authInterrupts: true,
    // A page is loaded when it is first opened, which then takes 100 ms longer: all of them take 40 MB.
    preloadEntriesOnStart: false,
  },
}

export default config
