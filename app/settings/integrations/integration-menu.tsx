'use client'

import { Ellipsis } from 'lucide-react'
import { buttonVariants } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import type { May } from './may'
import { editHref, integrationHref } from './paths'
import { loadDeleteDialog } from './use-delete-dialog'
import type { Integration } from './words'

/** What can be done with an integration, behind one button of its row. */
export function IntegrationMenu({
  integration,
  may,
  onChangeState,
  onDelete,
}: {
  integration: Integration
  may: May
  onChangeState: (integration: Integration) => void
  onDelete: (integration: Integration) => void
}) {
  const { id, name, state } = integration
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`Actions for ${name}`}
        className={buttonVariants({ variant: 'ghost', size: 'icon-sm' })}
        onFocus={() => void loadDeleteDialog()}
      >
        <Ellipsis aria-hidden="true" />
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem href={integrationHref(id)}>View details</DropdownMenuItem>
        {may.update ? (
          <>
            <DropdownMenuItem href={editHref(id)}>Edit</DropdownMenuItem>
            <DropdownMenuItem onSelect={() => onChangeState(integration)}>
              {state === 'enabled' ? 'Pause' : 'Resume'}
            </DropdownMenuItem>
          </>
        ) : null}
        {may.delete ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem variant="danger" onSelect={() => onDelete(integration)}>
              Delete integration
            </DropdownMenuItem>
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
