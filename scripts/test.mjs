// `npm test`: installs the test tools if needed, runs every stage, goes on after one that fails, and ends with the line
// `N passed, N failed`. Stages that keep one core busy, or wait, run beside each other. Arguments select stages: `npm test -- unit e2e-postgres`; `e2e` is all three.
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters as plain } from 'node:util'
import { ensureBuilt } from './build.mjs'
import { ensureInstalled, ensureToolsInstalled, refuseNode } from './install.mjs'
import { makeMemoryFolder } from './memory-folder.mjs'
import { duration, ROOT, run, say } from './run.mjs'

/** What is told of each failure at the end: its name, its message and where it came from. */
const LINES_OF_FAILURE = 20
const E2E_DATABASES = ['pglite', 'postgres', 'neon']
/** One after the other; in each, what runs beside each other, each in its own order. */
const ROUNDS = [
  // The command line of Trigger.dev is waited for most of its time.
  [['check', 'unit', 'build', 'integration'], ['jobs']],
  // Each waits for its browser, its server or its database in turn: two of them leave a fifth of two cores idle.
  [['e2e-pglite'], ['e2e-postgres'], ['e2e-neon']],
]

/** Each stage answers how many of its tests passed, failed and were skipped; `quiet` keeps what it writes to its end. */
const stages = {
  check: runChecks,
  unit: (folder) => runVitest('unit', folder),
  build: () => count({ build: ensureBuilt }),
  // What `trigger dev` and `trigger deploy` make of the jobs, by the command line of Trigger.dev.
  jobs: async (folder, quiet) => {
    await ensureToolsInstalled('test/trigger')
    return runVitest('jobs', folder, quiet)
  },
  integration: (folder) => runVitest('integration', folder),
  ...Object.fromEntries(
    E2E_DATABASES.map((database) => [`e2e-${database}`, (folder, quiet) => runPlaywright(database, folder, quiet)]),
  ),
}

/** Runs a program of node_modules, showing what it writes; its exit code is the answer. */
async function tool(path, args, options = {}) {
  const { code, output } = await run(process.execPath, [join(ROOT, 'node_modules', path), ...args], options)
  if (options.quiet) say(output)
  return code
}

async function mustPass(path, args) {
  const code = await tool(path, args)
  if (code !== 0) throw new Error(`${[path, ...args].join(' ')} ended with ${code}`)
}

function runChecks() {
  return count({
    types: async () => {
      // The types of routes are generated; a fresh clone has none.
      await mustPass('next/dist/bin/next', ['typegen'])
      await mustPass('typescript/bin/tsc', ['--noEmit'])
      await mustPass('typescript/bin/tsc', ['--noEmit', '--project', 'examples'])
    },
    'format and lint': () => mustPass('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']),
    'import rules': () =>
      mustPass('@biomejs/biome/bin/biome', [
        'lint',
        '--only=style/noRestrictedImports',
        '--only=suspicious/noImportCycles',
        '.',
      ]),
    'dead code': () => mustPass('knip/bin/knip.js', []),
    migrations: migrationsAreCurrent,
  })
}

/** Fails when the schema says something that no migration does, or when migrations contradict each other. */
async function migrationsAreCurrent() {
  await mustPass('drizzle-kit/bin.cjs', ['check'])
  const folder = await mkdtemp(join(tmpdir(), 'fenicia-migrations-'))
  try {
    await cp(join(ROOT, 'db/migrations'), folder, { recursive: true })
    const list = async () => (await readdir(folder, { recursive: true })).sort().join()
    const before = await list()
    const options = ['--dialect=postgresql', '--schema=db/schema/index.ts', `--out=${relative(ROOT, folder)}`]
    await mustPass('drizzle-kit/bin.cjs', ['generate', ...options])
    if ((await list()) !== before)
      throw new Error('The schema has changed without a migration: run `npm run db:generate`.')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs named checks, each of which counts as one test. */
async function count(checks) {
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] }
  for (const [name, check] of Object.entries(checks)) {
    const started = performance.now()
    let outcome = 'passed'
    try {
      await check()
    } catch (error) {
      outcome = 'failed'
      result.failures.push(`${name}: ${error.message}`)
      say(error.message)
    }
    result[outcome] += 1
    say(`${name}: ${outcome} in ${duration(performance.now() - started)}`)
  }
  return result
}

/** @param project with what of it runs alone, see vitest.config.ts */
async function runVitest(project, folder, quiet) {
  const file = join(folder, `${project}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await tool('vitest/vitest.mjs', ['run', `--project=${project}*`, ...reporters], { quiet })
  const report = await readReport(file)
  return judge(code, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    failures: vitestFailures(report),
  })
}

/** What a report of Vitest says of tests that failed, and of files that could not be run. */
function vitestFailures(report) {
  return (report?.testResults ?? []).flatMap(({ name, message, assertionResults }) => {
    const file = relative(ROOT, name)
    const tests = assertionResults.filter(({ status }) => status === 'failed')
    if (tests.length === 0) return message ? [`${file}: ${message}`] : []
    return tests.map(({ fullName, failureMessages }) => `${file}: ${fullName}\n${failureMessages.join('\n')}`)
  })
}

async function runPlaywright(database, folder, quiet) {
  const file = join(folder, `e2e-${database}.json`)
  const env = { FENICIA_E2E_DATABASE: database, PLAYWRIGHT_JSON_OUTPUT_NAME: file, PLAYWRIGHT_HTML_OPEN: 'never' }
  await ensureBuilt()
  const code = await tool('@playwright/test/cli.js', ['test', '--reporter=list,json'], { env, quiet })
  const { stats, suites } = (await readReport(file)) ?? {}
  // A flaky test passed only when it was tried again: that is a failure.
  return judge(code, {
    passed: stats?.expected ?? 0,
    failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
    skipped: stats?.skipped ?? 0,
    failures: playwrightFailures(suites),
  })
}

/** The same of a report of Playwright, whose suites stand in each other. */
function playwrightFailures(suites = []) {
  return suites.flatMap(({ specs = [], suites: inner }) => [
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ file, line, title, tests }) => {
        const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors ?? []))
        return `e2e/${file}:${line}: ${title}\n${errors.map(({ message }) => message).join('\n')}`
      }),
    ...playwrightFailures(inner),
  ])
}

const readReport = (file) => readFile(file, 'utf8').then(JSON.parse, () => undefined)

/** A runner that fails without a failed test, or that ran nothing at all, has failed. */
function judge(code, result) {
  if (result.passed + result.failed === 0) say('No test was run: that counts as a failure.')
  const unexplained = result.failed === 0 && (code !== 0 || result.passed === 0)
  return unexplained ? { ...result, failed: 1 } : result
}

/** The stages that the arguments name, in their order here; all of them when there is none. */
function selectStages(names) {
  const wanted = names.flatMap((name) => (name === 'e2e' ? E2E_DATABASES.map((database) => `e2e-${database}`) : name))
  const unknown = wanted.filter((name) => !(name in stages))
  if (unknown.length > 0) {
    throw new Error(`There is no stage "${unknown[0]}". Stages: ${Object.keys(stages).join(', ')}, e2e.`)
  }
  return Object.keys(stages).filter((name) => wanted.length === 0 || wanted.includes(name))
}

/** The tests make their own databases and must never meet the ones that this shell is set up for. */
function forgetConfiguration() {
  const others = ['AUTH_SECRET', 'DATABASE_URL', 'HOST', 'NEON_WS_PROXY', 'NODE_ENV', 'PORT']
  for (const name of Object.keys(process.env)) {
    if (others.includes(name) || /^(FENICIA_(?!E2E_|TEST_)|PG|TRIGGER_)/.test(name)) delete process.env[name]
  }
}

async function main() {
  const refusal = refuseNode(process.version)
  if (refusal) throw new Error(refusal)
  process.chdir(ROOT)
  const selected = selectStages(process.argv.slice(2))
  await ensureInstalled({ testTools: true })
  forgetConfiguration()
  const inMemory = makeMemoryFolder()
  if (inMemory) process.env.TMPDIR = inMemory

  const folder = await mkdtemp(join(tmpdir(), 'fenicia-reports-'))
  const summary = new Map()
  const total = { passed: 0, failed: 0 }
  const failures = []
  const runStage = async (name, quiet = false) => {
    say(`\n── ${name}`)
    const started = performance.now()
    let result
    try {
      result = await stages[name](folder, quiet)
    } catch (error) {
      say(error.stack)
      result = { passed: 0, failed: 1, skipped: 0 }
    }
    total.passed += result.passed
    total.failed += result.failed
    failures.push(...(result.failures ?? []).map((failure) => `${name}  ${failure}`))
    const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : ''
    const took = duration(performance.now() - started)
    summary.set(name, `${name.padEnd(14)} ${result.passed} passed, ${result.failed} failed${skipped}, in ${took}`)
    say(`── ${summary.get(name)}`)
  }
  for (const round of ROUNDS) {
    const lanes = round.map((lane) => lane.filter((name) => selected.includes(name)))
    // The build is every lane's: the second one must not begin another.
    if (lanes.flat().some((name) => name.startsWith('e2e-'))) await ensureBuilt()
    await Promise.all(
      lanes.map(async (lane, index) => {
        // Of those that run at once, one is shown as it goes, the others stage by stage.
        for (const name of lane) await runStage(name, index > 0 && lanes[0].length > 0)
      }),
    )
  }
  await rm(folder, { recursive: true, force: true })
  // Once more at the end: what failed stands somewhere in thousands of lines.
  for (const failure of failures) say(`\nFAILED  ${plain(failure).split('\n').slice(0, LINES_OF_FAILURE).join('\n')}`)
  say(`\n${selected.map((name) => summary.get(name)).join('\n')}`)
  return total
}

const total = await main().catch((error) => {
  say(error.message)
  return { passed: 0, failed: 1 }
})
say(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0
