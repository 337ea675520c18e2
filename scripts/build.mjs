// Builds the product when its sources differ from what was built. Built-ins only, and quick: it runs at every start.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { duration, ROOT, run, say } from './run.mjs'

/** The folders whose files end up in a build. A new folder goes here or in OTHER_FOLDERS; a test sees to it. */
export const SOURCE_FOLDERS = ['app', 'components', 'db', 'emails', 'jobs', 'lib', 'public']
/** The folders that a build does not read. */
export const OTHER_FOLDERS = ['.ci', 'bench', 'docs', 'e2e', 'examples', 'scripts', 'test']

/** Files of the root that a build reads: its configuration, the lockfile, Next's own entry files, and what these load. */
const ROOT_FILES =
  /^(package(-lock)?\.json|tsconfig\.json|(next|postcss)\.config\.(ts|mjs)|(instrumentation(-client|-node)?|proxy|auth)\.ts)$/
/** Tests, and SQL that is read when the server starts, are no part of a build. */
const NOT_BUILT = /\.test\.tsx?$|^db\/migrations\//

const STAMP = join(ROOT, '.next/fenicia-build.json')

/** A hash of the names and contents of all files that a build reads, and of the Node that builds. */
export async function hashSources(root = ROOT) {
  const names = (await readdir(root, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
  const paths = names.filter((name) => ROOT_FILES.test(name))
  for (const folder of SOURCE_FOLDERS) {
    if (!existsSync(join(root, folder))) continue
    for (const entry of await readdir(join(root, folder), { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name).slice(join(root, '/').length)
      if (entry.isFile() && !NOT_BUILT.test(path)) paths.push(path)
    }
  }
  const hash = createHash('sha256').update(`${process.platform} ${process.versions.modules}\n`)
  for (const path of paths.sort()) {
    const content = createHash('sha256').update(await readFile(join(root, path)))
    hash.update(`${path} ${content.digest('hex')}\n`)
  }
  return hash.digest('hex')
}

/**
 * Builds unless `.next` holds a complete build of exactly these sources.
 * @throws when the build fails; its output is in the message.
 */
export async function ensureBuilt() {
  const sources = await hashSources()
  const stamp = await readFile(STAMP, 'utf8').then(JSON.parse, () => undefined)
  if (stamp?.sources === sources && existsSync(join(ROOT, '.next/BUILD_ID'))) return

  say(
    stamp
      ? 'Building: the sources have changed since the last build …'
      : 'Building, this takes a minute the first time …',
  )
  const started = performance.now()
  // Without its stamp a build that is cut off half-way is never taken for a whole one.
  await rm(STAMP, { force: true })
  const next = join(ROOT, 'node_modules/next/dist/bin/next')
  const env = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
  const { code, output } = await run(process.execPath, [next, 'build'], { env, quiet: true })
  if (code !== 0) throw new Error(`next build ended with ${code}:\n${output}`)
  await writeFile(STAMP, `${JSON.stringify({ sources })}\n`)
  say(`Built in ${duration(performance.now() - started)}.`)
}
