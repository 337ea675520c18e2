import { PageHeader } from '@/components/ui/page-header'
import { ListSkeleton } from './list-states'

/** The list on its way. */
export default function ApiKeysLoading() {
  return (
    <>
      <PageHeader title="API Keys" description="…" />
      <ListSkeleton />
    </>
  )
}
