import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { DatabaseConfig } from '@/db/client'
import { type EgressPolicy, parseAllowance } from './egress/policy'
import { parseSmtpUrl, type SmtpSettings } from './mail/smtp-settings'
import type { MasterKey } from './vault/master-keys'

/** A comma-separated list; empty items are dropped. */
const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  )

/** A whole number. */
function integer(min: number, max: number) {
  return z.string().transform((value, ctx) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    ctx.addIssue(`a whole number from ${min} to ${max}`)
    return z.NEVER
  })
}

const MASTER_KEY = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/

/** Keys of 256 bits, each with a name of its own. */
const masterKeys = list.transform((items, ctx): MasterKey[] => {
  const keys = items.flatMap((item) => {
    const [, kid, encoded] = MASTER_KEY.exec(item) ?? []
    return kid && encoded ? [{ kid, key: new Uint8Array(Buffer.from(encoded, 'base64')) }] : []
  })
  if (keys.length < items.length) {
    ctx.addIssue('name:key pairs, each key 32 bytes in base64, such as 2026-11:$(openssl rand -base64 32)')
  } else if (new Set(keys.map(({ kid }) => kid)).size < keys.length) {
    ctx.addIssue('keys with different names')
  }
  return keys
})

/** What calls to addresses that people typed may reach besides public ones. */
const allowance = z.string().transform((item, ctx) => {
  const parsed = parseAllowance(item)
  if (parsed) return parsed
  ctx.addIssue('hosts, host:port or CIDRs, such as erp.internal,10.0.0.7:8443,192.168.4.0/24')
  return z.NEVER
})

/** How a password is written that would end its place in an address. */
const ENCODED = 'with # / ? @ in a password as %23 %2F %3F %40'

const smtpServer = z.string().transform((value, ctx) => {
  const settings = parseSmtpUrl(value)
  if (settings) return settings
  ctx.addIssue(
    `smtp://user:password@host:port or smtps://…, ${ENCODED}, and with ?tls=optional for a server of your own network that takes no log-in`,
  )
  return z.NEVER
})

/** `a@example.com` or `Name <a@example.com>`. */
const SENDER = /^(?:[^<>@,;:"\\\p{Cc}]+ <([^<>\s]+)>|([^<>\s]+))$/u

const sender = z.string().refine((value) => {
  const [, named, bare] = SENDER.exec(value) ?? []
  return z.email().safeParse(named ?? bare).success
}, 'an e-mail address, or a name and one, such as Fenicia <fenicia@example.com>')

/** No name ends in a number: it would be read as an address, and `256.1.1.1` is none (https://url.spec.whatwg.org/#ends-in-a-number-checker). */
const HOST_NAME = /^([a-z0-9_-]+\.)*(?!(?:\d+|0x[0-9a-f]*)$)[a-z0-9_-]+$/i

const origin = z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' }).transform((value, ctx) => {
  const url = new URL(value)
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    ctx.addIssue('an origin only, such as https://fenicia.example.com, without path, query or credentials')
    return z.NEVER
  }
  return url.origin
})

/**
 * Every environment variable, in the order of `.env.example`, which `npm run env:example` makes of this table.
 * `doc` is one line for the person who sets it; a schema's errors complete the sentence “NAME must be …”.
 */
export const variables = {
  PORT: {
    doc: 'Port to listen on.',
    schema: integer(1, 65535).default(3000),
    example: '3000',
  },
  HOST: {
    doc: 'Address to listen on. The default answers this machine only; 0.0.0.0 or :: opens it to the network.',
    schema: z
      .string()
      .refine((host) => isIP(host) !== 0 || HOST_NAME.test(host), 'an IP address or a host name, without a port')
      .default('127.0.0.1'),
    example: '127.0.0.1',
  },
  FENICIA_URL: {
    doc: 'Public address, as browsers and external apps see it; unless set, what HOST and PORT lead to. https switches secure cookies and HSTS on.',
    schema: origin.optional(),
    example: 'http://localhost:3000',
  },
  FENICIA_DATA: {
    doc: 'Folder of the embedded database and of generated secrets.',
    schema: z
      .string()
      // In a file or a unit nothing replaces it, and a folder of that name would be made.
      .refine(
        (path) => !path.startsWith('~'),
        'a path without ~ before it, which only a shell replaces: write it in full',
      )
      .default('.fenicia'),
    example: '.fenicia',
  },
  DATABASE_URL: {
    doc: 'Postgres or Neon instead of the embedded database, which is used when this is unset.',
    schema: z.url({ protocol: /^postgres(ql)?$/, error: `a postgres:// address, ${ENCODED}` }).optional(),
    example: 'postgres://fenicia:secret@localhost:5432/fenicia',
  },
  FENICIA_DATABASE_DRIVER: {
    doc: 'Driver for DATABASE_URL: pg or neon. Unset: neon for hosts below neon.tech, pg for all others.',
    schema: z.enum(['pg', 'neon'], { error: '"pg" or "neon"' }).optional(),
    example: 'pg',
  },
  NEON_WS_PROXY: {
    doc: 'host:port of an unencrypted WebSocket proxy in front of the database, for the neon driver on a local Postgres.',
    schema: z
      .string()
      .regex(/^[^\s/]+:\d+$/, 'host:port')
      .optional(),
    example: 'localhost:5433',
  },
  FENICIA_DATABASE_POOL: {
    doc: 'Connections to DATABASE_URL at most.',
    schema: integer(2, 100).default(10),
    example: '10',
  },
  AUTH_SECRET: {
    doc: 'Signs sessions, 32 characters or more (`openssl rand -base64 33`). Required with DATABASE_URL; otherwise made at first start.',
    schema: z.string().min(32, '32 characters or more').optional(),
    example: '',
  },
  FENICIA_MASTER_KEYS: {
    doc: 'Encrypt credentials, name:base64 each, comma-separated; the first encrypts. Required with DATABASE_URL; otherwise made at first start.',
    schema: masterKeys,
    example: '',
  },
  FENICIA_SIGN_UP: {
    doc: 'closed: only the first visitor may make an account. open: anybody may.',
    schema: z.enum(['closed', 'open'], { error: '"closed" or "open"' }).default('closed'),
    example: 'closed',
  },
  FENICIA_TRUSTED_PROXIES: {
    doc: 'Reverse proxies whose X-Forwarded-For is believed: addresses, CIDRs, loopback, linklocal, uniquelocal, comma-separated.',
    schema: list.pipe(
      z.array(
        z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.enum(['loopback', 'linklocal', 'uniquelocal'])], {
          error: 'IP addresses or CIDRs, such as 10.0.0.0/8,::1',
        }),
      ),
    ),
    example: '',
  },
  FENICIA_CORS_ORIGINS: {
    doc: 'Origins whose pages may call /api/v1 with a key from a browser, comma-separated. None by default.',
    schema: list.pipe(z.array(origin)),
    example: '',
  },
  FENICIA_EGRESS_ALLOW: {
    doc: 'Hosts, host:port or CIDRs that credentials may be used at though they are not public. http:// needs its host here.',
    schema: list.pipe(z.array(allowance)),
    example: '',
  },
  FENICIA_GITHUB_KEYS_URL: {
    doc: 'Where GitHub publishes the keys that its secret scanning signs with; another one for GitHub Enterprise Server.',
    schema: z
      .url({ protocol: /^https?$/, error: 'an http:// or https:// address' })
      .default('https://api.github.com/meta/public_keys/secret_scanning'),
    example: 'https://api.github.com/meta/public_keys/secret_scanning',
  },
  TRIGGER_SECRET_KEY: {
    doc: 'Has Trigger.dev run the jobs instead of this process: the secret key of one environment there. Needs DATABASE_URL.',
    schema: z
      .string()
      // tr_pat_ begins a person's access token, which signs in for a deployment.
      .regex(/^tr_(?!pat_)\w+$/, 'the secret key of an environment, which begins with tr_, such as tr_prod_…')
      .optional(),
    example: '',
  },
  TRIGGER_API_URL: {
    doc: 'Address of a self-hosted Trigger.dev.',
    schema: z
      .url({ protocol: /^https?$/, error: 'an http:// or https:// address' })
      .transform((value) => value.replace(/\/+$/, ''))
      .default('https://api.trigger.dev'),
    example: 'https://api.trigger.dev',
  },
  TRIGGER_PROJECT_REF: {
    doc: 'The project there that `trigger.dev deploy` deploys to. Only trigger.config.ts reads it.',
    schema: z
      .string()
      .regex(/^proj_\w+$/, "the project's reference, which begins with proj_")
      .optional(),
    example: '',
  },
  SMTP_URL: {
    doc: 'Mail server, smtp:// with STARTTLS or smtps://. Unset: e-mails are written to files in the outbox folder of FENICIA_DATA.',
    schema: smtpServer.optional(),
    example: 'smtp://fenicia:secret@mail.example.com:587',
  },
  MAIL_FROM: {
    doc: 'Sender of e-mails. Required with SMTP_URL.',
    schema: sender.optional(),
    example: 'Fenicia <fenicia@example.com>',
  },
  FENICIA_LOG_LEVEL: {
    doc: 'Least level that is logged: debug, info, warn, error or silent.',
    schema: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'debug, info, warn, error or silent' })
      .default('info'),
    example: 'info',
  },
} as const satisfies Record<string, { doc: string; schema: z.ZodType; example: string }>

type Variables = { [Name in keyof typeof variables]: z.output<(typeof variables)[Name]['schema']> }

/** Where Trigger.dev is, and the key that it lets us in with. */
export interface TriggerConfig {
  secretKey: string
  apiUrl: string
}

/** An address to listen on as it stands in a URL; of this machine's own, and of all of them, `localhost`. */
function nameOfHost(host: string): string {
  if (['127.0.0.1', '::1', '0.0.0.0', '::'].includes(host)) return 'localhost'
  return isIP(host) === 6 ? `[${host}]` : host
}

export interface Config {
  port: number
  host: string
  /** Where this process is found on its own machine or, where HOST is another address, in its network: an origin. */
  ownUrl: string
  /** Public origin, without a trailing slash. */
  url: string
  /** Absolute path. */
  dataFolder: string
  database: DatabaseConfig
  authSecret: string | undefined
  /** Null: the one of the data folder. */
  masterKeys: MasterKey[] | null
  signUp: 'closed' | 'open'
  trustedProxies: string[]
  corsOrigins: string[]
  egress: EgressPolicy
  /** Where GitHub's signing keys are. */
  githubKeysUrl: string
  /** Null: this process runs the jobs. */
  trigger: TriggerConfig | null
  /** `folder`: where mails go that no server takes, absolute. */
  mail: { smtp: SmtpSettings | null; from: string; folder: string }
  logLevel: Variables['FENICIA_LOG_LEVEL']
}

/** A configuration that Fenicia does not understand. The message names each variable and what it may be. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the configuration from environment variables; an empty or blank one counts as unset.
 * @throws {ConfigError} naming every variable that is wrong, never with its value
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = []
  const given = (name: string) => env[name]?.trim() || undefined
  const read = Object.fromEntries(
    Object.entries(variables).map(([name, { schema }]) => {
      const result = schema.safeParse(given(name))
      if (!result.success) problems.push(`${name} must be ${result.error.issues[0]?.message}`)
      return [name, result.data]
    }),
  ) as Variables

  if (given('DATABASE_URL')) {
    if (!given('AUTH_SECRET')) {
      problems.push('AUTH_SECRET must be set when DATABASE_URL is, to the same value on every instance')
    }
    // Undefined where the value is wrong, which is said already.
    if (read.FENICIA_MASTER_KEYS?.length === 0) {
      problems.push('FENICIA_MASTER_KEYS must be set when DATABASE_URL is, to the same value on every instance')
    }
    if (read.NEON_WS_PROXY && read.DATABASE_URL && driverOf(read.DATABASE_URL, read) !== 'neon') {
      problems.push('NEON_WS_PROXY has no meaning for the pg driver: unset it, or set FENICIA_DATABASE_DRIVER to neon')
    }
  } else {
    for (const name of ['FENICIA_DATABASE_DRIVER', 'NEON_WS_PROXY', 'FENICIA_DATABASE_POOL']) {
      if (given(name)) problems.push(`${name} has no meaning without DATABASE_URL: unset it, or set DATABASE_URL`)
    }
    if (given('TRIGGER_SECRET_KEY')) {
      problems.push(
        'TRIGGER_SECRET_KEY needs DATABASE_URL: the embedded database is open to this process only, not to the workers of Trigger.dev',
      )
    }
  }
  if (read.SMTP_URL && !given('MAIL_FROM')) {
    problems.push('MAIL_FROM must be set when SMTP_URL is, to an address that the mail server lets Fenicia send from')
  }
  if (problems.length > 0) {
    throw new ConfigError(`Fenicia can't start with this configuration:\n${problems.map((p) => `  - ${p}`).join('\n')}`)
  }

  const dataFolder = resolve(read.FENICIA_DATA)
  const ownUrl = new URL(`http://${nameOfHost(read.HOST)}:${read.PORT}`).origin
  return {
    port: read.PORT,
    host: read.HOST,
    ownUrl,
    url: read.FENICIA_URL ?? ownUrl,
    dataFolder,
    database: databaseConfig(read, dataFolder),
    authSecret: read.AUTH_SECRET,
    masterKeys: read.FENICIA_MASTER_KEYS?.length ? read.FENICIA_MASTER_KEYS : null,
    signUp: read.FENICIA_SIGN_UP,
    trustedProxies: read.FENICIA_TRUSTED_PROXIES,
    corsOrigins: read.FENICIA_CORS_ORIGINS,
    egress: { allow: read.FENICIA_EGRESS_ALLOW },
    githubKeysUrl: read.FENICIA_GITHUB_KEYS_URL,
    trigger: read.TRIGGER_SECRET_KEY ? { secretKey: read.TRIGGER_SECRET_KEY, apiUrl: read.TRIGGER_API_URL } : null,
    mail: {
      smtp: read.SMTP_URL ?? null,
      from: read.MAIL_FROM ?? 'Fenicia <fenicia@localhost>',
      folder: join(dataFolder, 'outbox'),
    },
    logLevel: read.FENICIA_LOG_LEVEL,
  }
}

function databaseConfig(read: Variables, dataFolder: string): DatabaseConfig {
  const url = read.DATABASE_URL
  if (!url) return { driver: 'pglite', folder: dataFolder }
  const common = { url, poolSize: read.FENICIA_DATABASE_POOL }
  const driver = driverOf(url, read)
  return driver === 'neon' ? { driver, ...common, neonProxy: read.NEON_WS_PROXY } : { driver, ...common }
}

function driverOf(url: string, read: Variables): 'pg' | 'neon' {
  const isNeonHost = new URL(url).hostname.toLowerCase().endsWith('.neon.tech')
  return read.FENICIA_DATABASE_DRIVER ?? (isNeonHost ? 'neon' : 'pg')
}
