import type { Integration } from '../words'

/** A call that an integration lets through, to show how it is made. */
export interface ExampleCall {
  method: string
  /** Below the base URL, without a slash at its beginning. */
  path: string
}

/** Reads rather than writes, and a path that the patterns allow. */
export function exampleCall({ methods, paths }: Pick<Integration, 'methods' | 'paths'>): ExampleCall {
  const method = ['GET', 'HEAD', 'OPTIONS', 'POST'].find((one) => methods.includes(one)) ?? methods[0] ?? 'GET'
  return { method, path: pathLike(paths[0] ?? '/') }
}

/** A path that a pattern allows: `/orders/**` → `orders`, `/orders/*` → `orders/1`. */
function pathLike(pattern: string): string {
  const parts = pattern.split('/').slice(1)
  if (parts.at(-1) === '**') parts.pop()
  return parts.map((part) => (part === '*' ? '1' : part)).join('/')
}
