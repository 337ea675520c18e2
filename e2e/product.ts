import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from '@playwright/test'
import { freePort } from '../test/postgres'
import type { Place } from './place'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Unset, whatever this shell or a `.env` says: the suites must not meet the database of the person who runs them. */
const UNSET = [
  'AUTH_SECRET',
  'DATABASE_URL',
  'FENICIA_CORS_ORIGINS',
  'FENICIA_DATABASE_DRIVER',
  'FENICIA_DATABASE_POOL',
  'FENICIA_EGRESS_ALLOW',
  'FENICIA_LOG_LEVEL',
  'FENICIA_MASTER_KEYS',
  'FENICIA_SIGN_UP',
  'FENICIA_TRUSTED_PROXIES',
  'FENICIA_URL',
  'HOST',
  'NEON_WS_PROXY',
]

function environment(place: Place, more: Record<string, string>): NodeJS.ProcessEnv {
  const unset = Object.fromEntries(UNSET.map((name) => [name, '']))
  // Playwright says "test" here, which no person's shell does.
  const { NODE_ENV: _, ...inherited } = process.env
  return { ...inherited, ...unset, ...place.env, ...more } as NodeJS.ProcessEnv
}

/** The built product, running as a person would run it. */
export interface Product {
  /** Its address, without a trailing slash. */
  url: string
  pid: number
  /** All that it has written so far. */
  log(): string
  /** Asks it to stop and expects that it does so in order. */
  stop(): Promise<void>
  /** Takes its life without warning, as the kernel does when memory runs out; or ends it by another signal. */
  kill(signal?: NodeJS.Signals): Promise<void>
}

/**
 * Starts `node server.mjs`, or another command, at a place and waits until it says that it is ready.
 * @throws when it ends or is silent for a minute, with what it wrote
 */
export async function startProduct(
  place: Place,
  env: Record<string, string> = {},
  [program, ...args]: [string, ...string[]] = [process.execPath, 'server.mjs'],
): Promise<Product> {
  const port = await freePort()
  const child = spawn(program, args, {
    cwd: ROOT,
    env: environment(place, { PORT: String(port), ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: what a test leaves behind when it fails ends whole, with what the command has started.
    detached: true,
  })
  const log = collect(child)
  const abandon = () => {
    if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  process.once('exit', abandon)
  const ended = once(child, 'exit').then(([code, signal]) => {
    process.off('exit', abandon)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  try {
    await readiness(child, log)
  } catch (error) {
    abandon()
    throw error
  }
  return {
    url: `http://localhost:${port}`,
    pid: child.pid ?? 0,
    log,
    stop: async () => {
      child.kill('SIGTERM')
      expect(await ended, log()).toEqual({ code: 0, signal: null })
    },
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal)
      await ended
    },
  }
}

/** What a command wrote and how it ended. */
export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a program of the repository at a place until it ends. */
export async function runAt(place: Place, args: string[], { input = '', env = {} } = {}): Promise<Outcome> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: environment(place, env) })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

/** Runs the operator's command, `npm run -s admin -- …`, with `input` on its standard input. */
export function admin(place: Place, args: string[], input?: string): Promise<Outcome> {
  return runAt(place, ['scripts/admin.mjs', ...args], { input })
}

function collect(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  }
  return () => text
}

function readiness(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`Fenicia ${reason}:\n${log()}`))
    const timer = setTimeout(() => fail('was not ready after a minute'), 60_000)
    child.stdout?.on('data', () => {
      if (!log().includes('Fenicia is ready on ')) return
      clearTimeout(timer)
      resolve()
    })
    child.once('error', reject)
    // Not `exit`: what it wrote last arrives after that.
    child.once('close', (code) => {
      clearTimeout(timer)
      fail(`ended with ${code} before it was ready`)
    })
  })
}
