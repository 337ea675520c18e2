import { Skeleton } from '@/components/ui/skeleton'

/** The form on its way. */
export function FormSkeleton() {
  return (
    <div role="status" aria-label="Loading the form" className="grid gap-4">
      <div className="grid gap-2 pb-2">
        <Skeleton className="h-5 w-24" />
        <Skeleton className="h-7 w-56" />
      </div>
      <Skeleton className="h-52 w-full max-w-2xl" />
      <Skeleton className="h-52 w-full max-w-2xl" />
      <Skeleton className="h-96 w-full max-w-2xl" />
    </div>
  )
}
