import { PageHeader } from '@/components/ui/page-header'
import { ListSkeleton } from './list-states'

/** The list on its way. */
export default function CredentialsLoading() {
  return (
    <>
      <PageHeader title="Credentials" description="…" />
      <ListSkeleton />
    </>
  )
}
