/** A place in the settings. */
export interface Place {
  href: string
  label: string
}

/** The places that exist, in the order of the settings column. */
export const places: readonly Place[] = [
  { href: '/settings/api-keys', label: 'API Keys' },
  { href: '/settings/account', label: 'Account' },
]

/** The page for developers that stands outside the settings. */
export const apiReference: Place = { href: '/docs/api', label: 'API reference' }

/** Where a key is made. */
export const newApiKey: Place = { href: '/settings/api-keys/new', label: 'Generate new key' }

/** Whether `pathname` is the place or something below it. */
export function isWithin(place: Place, pathname: string): boolean {
  return pathname === place.href || pathname.startsWith(`${place.href}/`)
}
