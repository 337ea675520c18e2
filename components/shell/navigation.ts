/** A place that one can go to. */
export interface Place {
  href: string
  label: string
}

/** The page for developers that stands outside the settings. */
export const apiReference: Place = { href: '/docs/api', label: 'API reference' }

/** Whether `pathname` is the place or something below it. */
export function isWithin(place: Place, pathname: string): boolean {
  return pathname === place.href || pathname.startsWith(`${place.href}/`)
}

/** An account of the person that they are not in now. */
export interface OtherAccount {
  id: string
  name: string
  /** The name of their role in it. */
  role: string
}

/** A server action that has this browser go on in another account. */
export type EnterAccount = (accountId: string) => Promise<{ ok: boolean }>
