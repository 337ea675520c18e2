/** What a key may be allowed to do, by resource: Fenicia's resources, then this plane's own. */
export const scopeCatalogue = {
  orders: ['read', 'create', 'update', 'delete'],
  products: ['read', 'create', 'update', 'delete'],
  customers: ['read', 'create', 'update', 'delete'],
  inventory: ['read', 'update'],
  channels: ['read', 'create', 'update', 'delete'],
  integrations: ['read', 'create', 'update', 'delete', 'use'],
  settings: ['read', 'update'],
  insights: ['read'],
  keys: ['read', 'create', 'manage', 'verify'],
  credentials: ['read', 'create', 'update', 'delete', 'test'],
  webhooks: ['read', 'manage'],
  audit: ['read'],
} as const satisfies Record<string, readonly string[]>

export type Resource = keyof typeof scopeCatalogue

/** A scope as it is granted and asked for: `orders:read`; `orders:*` is all of a resource. */
export type Scope = string

const known = new Set<Scope>(
  Object.entries(scopeCatalogue).flatMap(([resource, actions]) => [
    `${resource}:*`,
    ...actions.map((action) => `${resource}:${action}`),
  ]),
)

export function isScope(text: string): boolean {
  return known.has(text)
}

/**
 * Whether `granted` covers `required`. `resource:*` is covered by itself alone, not by all of today's actions: it will
 * also mean those that are added. What the catalogue doesn't know is covered by nothing.
 */
export function hasScope(granted: readonly Scope[], required: Scope): boolean {
  return isScope(required) && (granted.includes(required) || granted.includes(`${resourceOf(required)}:*`))
}

/** The scopes of `required` that `granted` does not cover. */
export function missingScopes(granted: readonly Scope[], required: readonly Scope[]): Scope[] {
  return required.filter((scope) => !hasScope(granted, scope))
}

/** Sorted as in the catalogue, without repetitions and without what `resource:*` already says. */
export function normalizeScopes(scopes: readonly Scope[]): Scope[] {
  const given = new Set(scopes)
  return [...known].filter(
    (scope) => given.has(scope) && (scope.endsWith(':*') || !given.has(`${resourceOf(scope)}:*`)),
  )
}

function resourceOf(scope: Scope): string {
  return scope.slice(0, scope.indexOf(':'))
}
