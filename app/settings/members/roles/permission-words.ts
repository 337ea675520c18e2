import type { Permission } from '@/lib/accounts'

/** Each resource of permissions, and what may be done with it, as people say it. */
export const resources: readonly { name: string; actions: readonly { permission: Permission; may: string }[] }[] = [
  {
    name: 'API keys',
    actions: [
      { permission: 'keys:read', may: 'See them' },
      { permission: 'keys:create', may: 'Generate them' },
      { permission: 'keys:manage', may: 'Change, regenerate and revoke them' },
      { permission: 'keys:verify', may: 'Let a key verify others' },
    ],
  },
  {
    name: 'Credentials',
    actions: [
      { permission: 'credentials:read', may: 'See them, but no secret' },
      { permission: 'credentials:create', may: 'Add them' },
      { permission: 'credentials:update', may: 'Change them' },
      { permission: 'credentials:delete', may: 'Delete them' },
      { permission: 'credentials:test', may: 'Test them' },
      { permission: 'credentials:reauthorize', may: 'Re-authorize them' },
    ],
  },
  {
    name: 'Integrations',
    actions: [
      { permission: 'integrations:read', may: 'See them' },
      { permission: 'integrations:create', may: 'Add them' },
      { permission: 'integrations:update', may: 'Change them' },
      { permission: 'integrations:delete', may: 'Delete them' },
      { permission: 'integrations:use', may: 'Call services through them' },
    ],
  },
  {
    name: 'Members',
    actions: [
      { permission: 'members:read', may: 'See members and roles' },
      { permission: 'members:invite', may: 'Invite' },
      { permission: 'members:manage', may: 'Change roles of members, and remove them' },
      { permission: 'roles:manage', may: 'Make, change and delete roles' },
    ],
  },
  {
    name: 'Webhooks',
    actions: [
      { permission: 'webhooks:read', may: 'See them' },
      { permission: 'webhooks:manage', may: 'Add, change and delete them' },
    ],
  },
  {
    name: 'Policies',
    actions: [
      { permission: 'policies:read', may: 'See them' },
      { permission: 'policies:update', may: 'Change them, and what the account is called' },
    ],
  },
  { name: 'Audit', actions: [{ permission: 'audit:read', may: 'See and export the audit log' }] },
  { name: 'Account', actions: [{ permission: 'account:hand_over', may: 'Hand the account over' }] },
]
