import { DescriptionItem, DescriptionList } from '@/components/ui/description-list'
import type { Permission } from '@/lib/accounts'
import { resources } from './permission-words'

/** What a role allows, by resource. */
export function RolePermissions({ permissions }: { permissions: readonly Permission[] }) {
  const held = resources
    .map(({ name, actions }) => ({ name, held: actions.filter(({ permission }) => permissions.includes(permission)) }))
    .filter(({ held }) => held.length > 0)
  if (held.length === 0) return <p className="text-muted-foreground text-sm">Sees none of these settings.</p>
  return (
    <DescriptionList>
      {held.map(({ name, held }) => (
        <DescriptionItem key={name} term={name}>
          <ul>
            {held.map(({ permission, may }) => (
              <li key={permission}>{may}</li>
            ))}
          </ul>
        </DescriptionItem>
      ))}
    </DescriptionList>
  )
}
