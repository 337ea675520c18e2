import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, parseConfig, variables } from './config'

const SECRET = 'not-a-real-secret-but-long-enough'
const MASTER_KEY = `2026-11:${Buffer.alloc(32, 1).toString('base64')}`
const POSTGRES = {
  DATABASE_URL: 'postgres://fenicia:pw@db.example.com/fenicia',
  AUTH_SECRET: SECRET,
  FENICIA_MASTER_KEYS: MASTER_KEY,
}

function problemsOf(env: Record<string, string>): string {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
  }
  throw new Error('was taken')
}

describe('without any variable', () => {
  const defaults = {
    port: 3000,
    host: '127.0.0.1',
    ownUrl: 'http://localhost:3000',
    url: 'http://localhost:3000',
    dataFolder: resolve('.fenicia'),
    database: { driver: 'pglite', folder: resolve('.fenicia') },
    authSecret: undefined,
    masterKeys: null,
    signUp: 'closed',
    trustedProxies: [],
    corsOrigins: [],
    egress: { allow: [] },
    githubKeysUrl: 'https://api.github.com/meta/public_keys/secret_scanning',
    trigger: null,
    mail: { smtp: null, from: 'Fenicia <fenicia@localhost>', folder: resolve('.fenicia/outbox') },
    logLevel: 'info',
  }

  it('listens to this machine, keeps its data in .fenicia, lets nobody else sign up and trusts nobody', () => {
    expect(parseConfig({})).toEqual(defaults)
  })

  it.each(['', ' ', '\n'])('as when each is %j', (blank) => {
    expect(parseConfig(Object.fromEntries(Object.keys(variables).map((name) => [name, blank])))).toEqual(defaults)
  })
})

describe('a value', () => {
  it.each([
    [{ PORT: '8080' }, { port: 8080, url: 'http://localhost:8080' }],
    [{ HOST: '0.0.0.0' }, { host: '0.0.0.0', url: 'http://localhost:3000' }],
    [{ HOST: '::' }, { host: '::', url: 'http://localhost:3000' }],
    // Nobody who is sent to localhost from there finds anything.
    [{ HOST: 'fenicia.internal' }, { host: 'fenicia.internal', url: 'http://fenicia.internal:3000' }],
    [
      { HOST: '192.0.2.7', PORT: '80' },
      { ownUrl: 'http://192.0.2.7', url: 'http://192.0.2.7' },
    ],
    [{ HOST: '2001:db8::7' }, { ownUrl: 'http://[2001:db8::7]:3000' }],
    [
      { HOST: '192.0.2.7', FENICIA_URL: 'https://fenicia.example.com' },
      { ownUrl: 'http://192.0.2.7:3000', url: 'https://fenicia.example.com' },
    ],
    [{ FENICIA_URL: 'https://keys.example.com/' }, { url: 'https://keys.example.com' }],
    [{ FENICIA_URL: 'https://keys.example.com:8443' }, { url: 'https://keys.example.com:8443' }],
    [{ FENICIA_DATA: '/srv/fenicia' }, { dataFolder: '/srv/fenicia' }],
    [{ FENICIA_DATA: './~' }, { dataFolder: resolve('~') }],
    [{ AUTH_SECRET: SECRET }, { authSecret: SECRET }],
    [{ AUTH_SECRET: `${SECRET}\n` }, { authSecret: SECRET }],
    [
      { FENICIA_MASTER_KEYS: `${MASTER_KEY},old_1:${Buffer.alloc(32, 2).toString('base64')}` },
      {
        masterKeys: [
          { kid: '2026-11', key: new Uint8Array(32).fill(1) },
          { kid: 'old_1', key: new Uint8Array(32).fill(2) },
        ],
      },
    ],
    [{ FENICIA_SIGN_UP: 'open' }, { signUp: 'open' }],
    [{ FENICIA_TRUSTED_PROXIES: '10.0.0.0/8, ::1,,loopback' }, { trustedProxies: ['10.0.0.0/8', '::1', 'loopback'] }],
    [
      { FENICIA_CORS_ORIGINS: 'https://a.example,http://localhost:5173/' },
      { corsOrigins: ['https://a.example', 'http://localhost:5173'] },
    ],
    [
      { FENICIA_EGRESS_ALLOW: 'ERP.internal:8443, 10.0.0.0/8' },
      {
        egress: {
          allow: [
            { name: 'erp.internal', port: 8443 },
            { network: '10.0.0.0', bits: 8 },
          ],
        },
      },
    ],
    [
      { SMTP_URL: 'smtp://fenicia:hush@mail.example.com', MAIL_FROM: 'fenicia@example.com' },
      { mail: { smtp: { host: 'mail.example.com', port: 587, tls: 'required' }, from: 'fenicia@example.com' } },
    ],
    [{ MAIL_FROM: 'Tyre & Sidon <a@example.com>' }, { mail: { from: 'Tyre & Sidon <a@example.com>' } }],
    [{ FENICIA_LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [
      { ...POSTGRES, TRIGGER_SECRET_KEY: 'tr_prod_x' },
      { trigger: { secretKey: 'tr_prod_x', apiUrl: 'https://api.trigger.dev' } },
    ],
    [
      { ...POSTGRES, TRIGGER_SECRET_KEY: 'tr_prod_x', TRIGGER_API_URL: 'https://trigger.example.com/' },
      { trigger: { secretKey: 'tr_prod_x', apiUrl: 'https://trigger.example.com' } },
    ],
    [{ TRIGGER_API_URL: 'https://trigger.example.com' }, { trigger: null }],
    [POSTGRES, { database: { driver: 'pg', url: POSTGRES.DATABASE_URL, poolSize: 10 } }],
    [
      { ...POSTGRES, FENICIA_DATABASE_POOL: '50' },
      { database: { driver: 'pg', url: POSTGRES.DATABASE_URL, poolSize: 50 } },
    ],
    [
      { ...POSTGRES, FENICIA_DATABASE_DRIVER: 'neon', NEON_WS_PROXY: 'localhost:5433' },
      { database: { driver: 'neon', url: POSTGRES.DATABASE_URL, poolSize: 10, neonProxy: 'localhost:5433' } },
    ],
  ])('that is understood: %o', (env, expected) => {
    expect(parseConfig(env)).toMatchObject(expected)
  })

  it.each(['postgres://u:p@ep-cool-1.eu-central-1.aws.neon.tech/db', 'postgresql://u:p@EP-COOL-1.NEON.TECH/db'])(
    'of Neon’s own hosts chooses its driver: %s',
    (DATABASE_URL) => {
      expect(parseConfig({ ...POSTGRES, DATABASE_URL }).database.driver).toBe('neon')
    },
  )

  it.each(['postgres://u:p@neon.tech.example.com/db', 'postgres://u:p@notneon.tech/db'])(
    'of a host that only looks like Neon’s does not: %s',
    (DATABASE_URL) => {
      expect(parseConfig({ ...POSTGRES, DATABASE_URL }).database.driver).toBe('pg')
    },
  )

  it.each([
    ['PORT', '0', 'a whole number from 1 to 65535'],
    ['PORT', '65536', 'a whole number from 1 to 65535'],
    ['PORT', '3e3', 'a whole number from 1 to 65535'],
    ['PORT', '0x50', 'a whole number from 1 to 65535'],
    ['PORT', '80.5', 'a whole number from 1 to 65535'],
    ['PORT', 'http', 'a whole number from 1 to 65535'],
    ['HOST', 'localhost:3000', 'an IP address or a host name, without a port'],
    ['HOST', 'http://localhost', 'an IP address or a host name, without a port'],
    ['HOST', '256.1.1.1', 'an IP address or a host name, without a port'],
    ['HOST', '10.1', 'an IP address or a host name, without a port'],
    ['HOST', 'db.0x7f', 'an IP address or a host name, without a port'],
    ['FENICIA_URL', 'keys.example.com', 'an http:// or https:// address'],
    ['FENICIA_URL', 'ftp://keys.example.com', 'an http:// or https:// address'],
    ['FENICIA_URL', 'https://keys.example.com/fenicia', 'an origin only'],
    ['FENICIA_URL', 'https://me:hush@keys.example.com', 'an origin only'],
    ['FENICIA_DATA', '~/fenicia', 'a path without ~ before it'],
    ['FENICIA_DATA', '~shop', 'a path without ~ before it'],
    ['DATABASE_URL', 'mysql://u:hush@db/fenicia', 'a postgres:// address'],
    ['DATABASE_URL', 'hush', 'a postgres:// address'],
    ['DATABASE_URL', 'postgres://u:hu#sh@db/fenicia', 'a postgres:// address, with # / ? @ in a password as %23'],
    ['FENICIA_DATABASE_DRIVER', 'mysql', '"pg" or "neon"'],
    ['NEON_WS_PROXY', 'ws://localhost:1', 'host:port'],
    ['FENICIA_DATABASE_POOL', '1', 'a whole number from 2 to 100'],
    ['AUTH_SECRET', 'hush-hush-hush', '32 characters or more'],
    ['FENICIA_MASTER_KEYS', 'hush-hush-hush', 'name:key pairs'],
    ['FENICIA_MASTER_KEYS', `a:${Buffer.alloc(16).toString('base64')}`, 'name:key pairs, each key 32 bytes in base64'],
    ['FENICIA_MASTER_KEYS', `${MASTER_KEY},${MASTER_KEY}`, 'keys with different names'],
    ['FENICIA_SIGN_UP', 'yes', '"closed" or "open"'],
    ['FENICIA_TRUSTED_PROXIES', '10.0.0.0/33', 'IP addresses or CIDRs'],
    ['FENICIA_TRUSTED_PROXIES', '::1,everybody', 'IP addresses or CIDRs'],
    ['FENICIA_CORS_ORIGINS', '*', 'an http:// or https:// address'],
    ['FENICIA_CORS_ORIGINS', 'https://a.example,https://b.example/path', 'an origin only'],
    ['FENICIA_EGRESS_ALLOW', 'erp.internal,https://erp.internal', 'hosts, host:port or CIDRs'],
    ['FENICIA_EGRESS_ALLOW', '10.0.0.0/33', 'hosts, host:port or CIDRs'],
    // Taken for one, it would end all jobs here without another place that runs them.
    ['TRIGGER_SECRET_KEY', 'enabled', 'the secret key of an environment, which begins with tr_'],
    ['TRIGGER_SECRET_KEY', 'tr_pat_hush', 'the secret key of an environment, which begins with tr_'],
    ['TRIGGER_API_URL', 'trigger.example.com', 'an http:// or https:// address'],
    ['TRIGGER_PROJECT_REF', 'fenicia', "the project's reference"],
    ['SMTP_URL', 'https://mail.example.com', 'smtp://user:password@host:port or smtps://'],
    [
      'SMTP_URL',
      'smtp://u:hu#sh@mail.example.com',
      'smtp://user:password@host:port or smtps://…, with # / ? @ in a password as %23 %2F %3F %40, and',
    ],
    ['SMTP_URL', 'smtp://hush@mail.example.com', 'smtp://user:password@host:port or smtps://'],
    ['MAIL_FROM', 'Merchants', 'an e-mail address, or a name and one'],
    ['MAIL_FROM', 'a@example.com, b@example.com', 'an e-mail address, or a name and one'],
    ['FENICIA_LOG_LEVEL', 'verbose', 'debug, info, warn, error or silent'],
  ])('of %s that is not understood (%s) is refused with what it may be, and not repeated', (name, value, rule) => {
    const message = problemsOf({ ...POSTGRES, [name]: value })
    expect(message).toContain(`${name} must be ${rule}`)
    expect(message.split('\n')).toHaveLength(2)
    if (value.length > 3) expect(message.replace('debug, info, warn', '')).not.toContain(value)
  })

  it('does not hide another: all that are wrong are named at once', () => {
    const message = problemsOf({ PORT: 'x', FENICIA_SIGN_UP: 'x' })
    expect(message).toContain('PORT')
    expect(message).toContain('FENICIA_SIGN_UP')
  })
})

describe('variables that contradict each other are refused:', () => {
  it.each([
    [{ DATABASE_URL: POSTGRES.DATABASE_URL }, 'AUTH_SECRET must be set when DATABASE_URL is'],
    [{ DATABASE_URL: POSTGRES.DATABASE_URL }, 'FENICIA_MASTER_KEYS must be set when DATABASE_URL is'],
    // As `"$OLD,$NEW"` of two variables that are not set: a key of this machine's own would open nothing on another.
    [{ ...POSTGRES, FENICIA_MASTER_KEYS: ',' }, 'FENICIA_MASTER_KEYS must be set when DATABASE_URL is'],
    [{ FENICIA_DATABASE_DRIVER: 'pg' }, 'FENICIA_DATABASE_DRIVER has no meaning without DATABASE_URL'],
    [{ NEON_WS_PROXY: 'localhost:1' }, 'NEON_WS_PROXY has no meaning without DATABASE_URL'],
    [{ FENICIA_DATABASE_POOL: '20' }, 'FENICIA_DATABASE_POOL has no meaning without DATABASE_URL'],
    [{ TRIGGER_SECRET_KEY: 'tr_prod_x' }, 'TRIGGER_SECRET_KEY needs DATABASE_URL'],
    [{ SMTP_URL: 'smtp://mail.example.com' }, 'MAIL_FROM must be set when SMTP_URL is'],
    [{ ...POSTGRES, NEON_WS_PROXY: 'localhost:1' }, 'NEON_WS_PROXY has no meaning for the pg driver'],
  ])('%o', (env, problem) => {
    expect(problemsOf(env)).toContain(problem)
  })
})

it('every variable is explained in one line', () => {
  for (const { doc } of Object.values(variables)) expect(doc).toMatch(/^[^\n]{10,140}$/)
})
