import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../node_modules/.cache/fenicia-browser', import.meta.url))
const PACKAGE = fileURLToPath(new URL('../node_modules/@sparticuz/chromium', import.meta.url))

/** How the browser is started: the program, and the libraries that the machine lacks. */
export interface Browser {
  executablePath: string
  env: Record<string, string>
}

/**
 * Unpacks the browser that came with npm, once per version, so that a test run needs nothing from outside the lockfile.
 * FENICIA_E2E_BROWSER names another Chromium to use instead.
 * @throws when the browser does not run on this machine, with what it said
 */
export async function prepareBrowser(): Promise<Browser> {
  const own = process.env.FENICIA_E2E_BROWSER
  if (own) return { executablePath: own, env: {} }
  const folder = await unpack()
  const executablePath = join(folder, 'chromium')
  const fonts = { FONTCONFIG_FILE: await configureFonts(folder) }
  // A bare machine lacks libraries that a desktop has; the package brings those that its browser needs.
  const attempts = [fonts, { ...fonts, LD_LIBRARY_PATH: join(folder, 'al2023/lib') }]
  let failure: unknown
  for (const env of attempts) {
    try {
      execFileSync(executablePath, ['--version'], { env: { ...process.env, ...env }, stdio: 'pipe' })
      return { executablePath, env }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** The package's fonts and no others: pages look alike on every machine, and one without any font crashes the browser. */
async function configureFonts(folder: string): Promise<string> {
  const path = join(folder, 'fonts.conf')
  const lines = [
    '<?xml version="1.0"?>',
    '<fontconfig>',
    `<dir>${folder}/fonts/fonts</dir>`,
    `<cachedir>${folder}/font-cache</cachedir>`,
  ]
  await writeFile(path, [...lines, '</fontconfig>', ''].join('\n'))
  return path
}

async function unpack(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as { version: string }
  const folder = join(CACHE, version)
  if (existsSync(folder)) return folder
  await mkdir(CACHE, { recursive: true })
  const unfinished = await mkdtemp(join(CACHE, 'unpacking-'))
  // The package unpacks into the system's temporary folder, and the missing libraries only when it believes itself in the
  // cloud that it was made for: hence a process of its own, with a temporary folder of its own.
  const program = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
  execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: dirname(CACHE),
    env: { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
  })
  await rename(unfinished, folder)
  return folder
}
