// Makes node_modules what package-lock.json says. Built-ins only: this runs before anything is installed.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { duration, ROOT, run, say } from './run.mjs'

/** The oldest Node that the product runs on, as `engines` in package.json says. */
const OLDEST_NODE = [20, 19]

/** Why this Node cannot run Fenicia, or undefined when it can. */
export function refuseNode(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return undefined
  return `Fenicia needs Node ${OLDEST_NODE.join('.')} or newer; this is ${version}. Install a current version from https://nodejs.org and run the command again.`
}

/**
 * What of the lockfile is in node_modules: `nothing` of use, what building and serving need (`production`), or the test
 * tools too (`everything`); and whether test tools are among what is there now, whatever lockfile they came from.
 * npm writes node_modules/.package-lock.json when an installation is complete, so one that was cut off counts as nothing.
 */
export function compareInstallation(lock, installed, isPresent) {
  if (!installed) return { has: 'nothing', hasTestTools: false }
  const isMissing = ([path, entry]) => {
    const there = installed.packages[path]
    return there?.version !== entry.version || there?.integrity !== entry.integrity || !isPresent(path)
  }
  // An optional package may rightly be absent: most are for another platform.
  const expected = Object.entries(lock.packages).filter(
    ([path, entry]) => path !== '' && !entry.optional && !entry.link,
  )
  const isTestTool = ([, entry]) => entry.dev === true || entry.devOptional === true
  const hasTestTools = Object.values(installed.packages).some((entry) => entry.dev === true)
  if (expected.filter((each) => !isTestTool(each)).some(isMissing)) return { has: 'nothing', hasTestTools }
  return { has: expected.some(isMissing) ? 'production' : 'everything', hasTestTools }
}

/**
 * Installs from the lockfile what is missing, and nothing when all is there.
 * @param {{ testTools: boolean }} options whether the test tools are needed too. Those that are there already stay.
 * @throws when npm fails; its output is in the message.
 */
export async function ensureInstalled({ testTools }) {
  const { has, hasTestTools } = await lookInto(ROOT)
  if (has === 'everything' || (has === 'production' && !testTools)) return
  const everything = testTools || hasTestTools
  say(`Installing ${everything ? 'what building, serving and testing need' : 'what building and serving need'} …`)
  await install(ROOT, [everything ? '--include=dev' : '--omit=dev'])
}

/**
 * Installs a package of its own that lies below the root, such as a tool that the product must not bring along, as
 * `ensureInstalled` does. No package's scripts are run.
 * @param {string} path relative to the root
 * @throws when npm fails; its output is in the message.
 */
export async function ensureToolsInstalled(path) {
  const folder = join(ROOT, path)
  if ((await lookInto(folder)).has === 'everything') return
  say(`Installing the tools of ${path} …`)
  await install(folder, ['--ignore-scripts'])
}

async function lookInto(folder) {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'))
  const installed = await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8').then(
    JSON.parse,
    () => undefined,
  )
  return compareInstallation(lock, installed, (path) => existsSync(join(folder, path)))
}

async function install(cwd, options) {
  const started = performance.now()
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...options]
  const { code, output } = await runNpm(args, cwd)
  if (code !== 0) throw new Error(`npm ${args.join(' ')} in ${cwd} ended with ${code}:\n${output}`)
  say(`Installed in ${duration(performance.now() - started)}.`)
}

/** Runs the npm that runs us, or else the one in the PATH. */
function runNpm(args, cwd) {
  // npm tells its children where the package lies that it runs a script of; the inner npm would take that for its own.
  const outer = Object.keys(process.env).filter((name) =>
    /^npm_(package|lifecycle)_|^npm_config_local_prefix$/.test(name),
  )
  const options = { quiet: true, cwd, env: Object.fromEntries(outer.map((name) => [name, undefined])) }
  const cli = process.env.npm_execpath
  if (cli && /npm-cli\.[cm]?js$/.test(cli)) return run(process.execPath, [cli, ...args], options)
  return run('npm', args, options)
}
