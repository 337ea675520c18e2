import { type Resource, type Scope, scopeCatalogue } from '@/lib/api-keys/scopes'

/** A ready choice of scopes for a usual kind of app. */
export interface ScopePreset {
  name: string
  scopes: readonly Scope[]
}

export const scopePresets: readonly ScopePreset[] = [
  { name: 'ERP', scopes: ['orders:*', 'products:*', 'customers:*', 'inventory:*'] },
  { name: 'Stock sync', scopes: ['products:read', 'inventory:*', 'channels:read'] },
  { name: 'Reporting', scopes: ['orders:read', 'products:read', 'customers:read', 'inventory:read', 'insights:read'] },
  { name: 'Call integrations', scopes: ['integrations:use'] },
  { name: 'Verify keys', scopes: ['keys:verify'] },
]

/** Each resource as the form names it. */
export const resourceNames: Record<Resource, string> = {
  orders: 'Orders',
  products: 'Products',
  customers: 'Customers',
  inventory: 'Inventory',
  channels: 'Channels',
  integrations: 'Integrations',
  settings: 'Settings',
  insights: 'Insights',
  keys: 'API keys',
  credentials: 'Credentials',
  webhooks: 'Webhooks',
  audit: 'Audit',
}

export const resources = Object.keys(scopeCatalogue) as Resource[]

/** Whether `scopes` grants an action, by itself or with all of its resource. */
export function grants(scopes: ReadonlySet<Scope>, resource: Resource, action: string): boolean {
  return scopes.has(`${resource}:${action}`) || scopes.has(`${resource}:*`)
}

/** Whether somebody who may give `held` may give this scope, as the server decides it. */
export function isGrantable(held: ReadonlySet<Scope>, scope: Scope): boolean {
  return held.has(scope) || held.has(scope.replace(/:.*/, ':*'))
}

/** Grants all of a resource, actions that come later included; or nothing of it. */
export function toggleResource(scopes: ReadonlySet<Scope>, resource: Resource, on: boolean): Set<Scope> {
  const others = [...scopes].filter((scope) => !scope.startsWith(`${resource}:`))
  return new Set(on ? [...others, `${resource}:*`] : others)
}

/** Grants or takes back one action. Taken from all of a resource, it leaves the other actions, one by one. */
export function toggleAction(scopes: ReadonlySet<Scope>, resource: Resource, action: string, on: boolean): Set<Scope> {
  const result = new Set(scopes)
  if (on) return result.add(`${resource}:${action}`)
  if (result.delete(`${resource}:*`)) {
    for (const other of scopeCatalogue[resource]) result.add(`${resource}:${other}`)
  }
  result.delete(`${resource}:${action}`)
  return result
}
