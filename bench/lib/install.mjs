// Installs the peers when they are missing or stale. Built-ins only: this runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { progress } from './report.mjs'

/**
 * Whether what npm noted about an installation is what the lockfile asks for. Optional packages may rightly be absent:
 * they are for other platforms.
 * @param {{ packages: Record<string, { version?: string, optional?: boolean }> }} lock
 * @param {{ packages: Record<string, { version?: string }> } | undefined} installed
 */
export function isInstalled(lock, installed) {
  if (!installed) return false
  return Object.entries(lock.packages).every(
    ([path, { version, optional }]) =>
      path === '' || (installed.packages[path]?.version ?? (optional ? version : undefined)) === version,
  )
}

/**
 * Makes `folder`/node_modules what its lockfile says, with `npm ci`, unless it is already.
 * @param {string} folder
 * @throws when npm fails
 */
export function ensureInstalled(folder) {
  // npm writes this when an installation is complete; one that was cut off has none.
  const installed = readJson(join(folder, 'node_modules', '.package-lock.json'))
  if (isInstalled(readJson(join(folder, 'package-lock.json')), installed)) return
  progress('Installing the peers (npm ci in bench/) …')
  const npm = npmCommand()
  const { status, stdout, stderr, error } = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
    // npm tells its children where the outer package lies; the inner npm would take that for its own.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)_/.test(name))),
  })
  if (error) throw error
  if (status !== 0) throw new Error(`npm ci in bench/ ended with ${status}:\n${stdout}${stderr}`)
}

/** The npm that runs us, or else the one in the PATH. */
function npmCommand() {
  const cli = process.env.npm_execpath
  return cli && /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, cli] : ['npm']
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined
    throw error
  }
}
