import { Skeleton } from '@/components/ui/skeleton'

/** What a key reached, on its way. */
export function ReachSkeleton() {
  return (
    <div role="status" aria-label="Loading what this key reached">
      <Skeleton className="h-5 w-72 max-w-full" />
    </div>
  )
}
