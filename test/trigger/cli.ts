import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)

/** Where the command line of Trigger.dev lies, which `npm test -- jobs` installs. */
export function cliFolder(): string {
  return dirname(require.resolve('trigger.dev/package.json'))
}

/** A module of the command line. None of them is public: the version is pinned in package.json. */
// biome-ignore lint/suspicious/noExplicitAny: the command line has no types for these
export function importFromCli(path: string): Promise<any> {
  return import(/* @vite-ignore */ pathToFileURL(join(cliFolder(), 'dist/esm', path)).href)
}
