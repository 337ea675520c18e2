import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { cliFolder } from './cli'
import { STAND_IN_PROJECT, type TriggerStandIn } from './stand-in'

/** `trigger dev`, which builds the jobs and runs them in processes of its own. */
export interface TriggerWorker {
  /** What it and its processes have written so far. */
  output(): string
  stop(): Promise<void>
}

/**
 * Starts `trigger dev` in the repository against a stand-in, and waits until it has registered the jobs. One at a time: it
 * locks the folder.
 * @throws with what it wrote, when it ends before
 */
export async function startTriggerWorker(standIn: TriggerStandIn): Promise<TriggerWorker> {
  const flags = ['--skip-update-check', '--skip-mcp-install', '--skip-rules-install', '--disable-warnings']
  // What a developer keeps in .env is no worker's configuration here, and who is signed in does not matter.
  const home = resolve('.trigger/home')
  const noVariables = join(home, 'env')
  await mkdir(home, { recursive: true })
  await writeFile(noVariables, '')
  const args = [join(cliFolder(), 'dist/esm/index.js'), 'dev', ...flags, '--env-file', noVariables]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      NODE_ENV: 'development',
      PATH: process.env.PATH,
      HOME: home,
      TRIGGER_ACCESS_TOKEN: 'tr_pat_only_for_tests',
      TRIGGER_API_URL: standIn.url,
      TRIGGER_PROJECT_REF: STAND_IN_PROJECT,
      TRIGGER_TELEMETRY_DISABLED: '1',
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  // A test run that is broken off takes it along.
  const abandon = () => child.kill('SIGKILL')
  process.once('exit', abandon)
  const stop = async () => {
    process.off('exit', abandon)
    await end(child)
  }
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`trigger dev ended with ${code}:\n${output}`)
  })
  ended.catch(() => {})
  try {
    await Promise.race([standIn.registered, ended])
  } catch (error) {
    await stop()
    throw error
  }
  return { output: () => output, stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exited
  clearTimeout(timer)
}
