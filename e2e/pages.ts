import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const APP = fileURLToPath(new URL('../app', import.meta.url))

/** What stands for `[id]` in the address of a page that shows one thing, by the folder before it: `api-keys`. */
export type Parameters = Record<string, string>

/**
 * The addresses of all pages, read from the folders that make them, so that a page that is added is looked at too.
 * @throws when a page needs a parameter that is not given
 */
export function pageAddresses(parameters: Parameters): string[] {
  return readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)page\.tsx$/.test(path))
    .map((path) => `/${path.replace(/\/?page\.tsx$/, '')}`)
    .map((path) => path.replace(/\/\([^/]+\)/g, ''))
    .map((path) =>
      path.replace(/([^/]+)\/\[[^\]]+\]/g, (_, section: string) => {
        const value = parameters[section]
        if (!value) throw new Error(`${path} needs a value: give ${section} one in the suites that visit all pages`)
        return `${section}/${value}`
      }),
    )
    .sort()
}
