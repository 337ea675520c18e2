// The addresses of the product's pages, for what looks at all of them: this measurement, and the browser's suites.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const APP = fileURLToPath(new URL('../../app', import.meta.url))

/**
 * The addresses of all pages, read from the folders that make them, so that a page that is added is looked at too.
 * @param {Record<string, string>} parameters what stands for `[id]` in the address of a page that shows one thing, by the
 *   folder before it: `api-keys`
 * @returns {string[]}
 * @throws when a page needs a parameter that is not given
 */
export function pageAddresses(parameters) {
  return readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)page\.tsx$/.test(path))
    .map((path) => `/${path.replace(/\/?page\.tsx$/, '')}`)
    .map((path) => path.replace(/\/\([^/]+\)/g, ''))
    .map((path) =>
      path.replace(/([^/]+)\/\[[^\]]+\]/g, (_, section) => {
        const value = parameters[section]
        if (!value) throw new Error(`${path} needs a value: give ${section} one wherever all pages are visited`)
        return `${section}/${value}`
      }),
    )
    .sort()
}

/**
 * Those of the settings, each of which is loaded by itself; `/settings` only leads to one of them.
 * @param {Record<string, string>} parameters as of `pageAddresses`
 */
export function settingsAddresses(parameters) {
  return pageAddresses(parameters).filter((path) => path.startsWith('/settings/'))
}
