import { PageHeader } from '@/components/ui/page-header'
import { Skeleton } from '@/components/ui/skeleton'

/** The form on its way. */
export default function NewCredentialLoading() {
  return (
    <>
      <PageHeader title="Add credential" />
      <div role="status" aria-label="Loading the form" className="grid max-w-3xl gap-4">
        <Skeleton className="h-56 w-full" />
        <Skeleton className="h-56 w-full" />
      </div>
    </>
  )
}
