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

/** Whether `granted` covers `required`, itself perhaps `resource:*`. */
export function hasScope(granted: readonly Scope[], required: Scope): boolean {
  if (granted.includes(required)) return true
  const resource = required.slice(0, required.indexOf(':'))
  return granted.includes(`${resource}:*`) || (required.endsWith(':*') && hasEveryAction(granted, resource))
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

function hasEveryAction(granted: readonly Scope[], resource: string): boolean {
  const actions: readonly string[] | undefined = scopeCatalogue[resource as Resource]
  return actions?.every((action) => granted.includes(`${resource}:${action}`)) ?? false
}

function resourceOf(scope: Scope): string {
  return scope.slice(0, scope.indexOf(':'))
}
