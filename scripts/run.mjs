// Child processes of the commands. Built-ins only: this runs before anything is installed.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Writes one line for the person who watches. */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/** "820 ms", "12.3 s", "2 min 5 s". */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/**
 * Runs a program in the repository's root and answers `{ code, output }` when it has ended; `code` is 128 + n after a
 * signal, as shells say it. `quiet` keeps the output instead of showing it. A signal that reaches this process meanwhile
 * is handed on, so that nothing outlives the command that started it.
 */
export function run(program, args, { env = {}, quiet = false, cwd = ROOT } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        output += chunk
      })
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    let interrupted
    const handOn = (signal) => {
      interrupted = signal
      child.kill(signal)
    }
    for (const signal of signals) process.on(signal, handOn)
    const settle = () => {
      for (const signal of signals) process.off(signal, handOn)
    }
    child.once('error', (error) => {
      settle()
      reject(error)
    })
    child.once('close', (code, signal) => {
      settle()
      // Whoever was asked to stop stops here, without going on to the next step.
      if (interrupted) process.exit(128 + signalNumber(interrupted))
      resolve({ code: code ?? 128 + signalNumber(signal), output })
    })
  })
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1
}
