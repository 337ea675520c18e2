import { type CustomRoleView, type Holder, holdsAll, permissionsOf } from '@/lib/accounts'
import { invitedRoles, type RoleOption, roleNames } from './words'

/** The roles that somebody may give: those that allow nothing that their own does not. */
export function roleOptions(viewer: Holder, custom: readonly CustomRoleView[]): RoleOption[] {
  return [
    ...invitedRoles
      .filter(({ role }) => holdsAll(viewer, permissionsOf(role)))
      .map(({ role, may }) => ({ value: role, name: roleNames[role], may, permissions: permissionsOf(role) })),
    ...custom
      .filter(({ permissions }) => holdsAll(viewer, permissions))
      .map(({ id, name, description, permissions }) => ({ value: id, name, may: description, permissions })),
  ]
}
