import { PageHeader } from '@/components/ui/page-header'
import { ListSkeleton } from './list-states'

/** The list on its way. */
export default function IntegrationsLoading() {
  return (
    <>
      <PageHeader title="Integrations" description="…" />
      <ListSkeleton />
    </>
  )
}
