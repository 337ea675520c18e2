import { Skeleton } from '@/components/ui/skeleton'

/** An integration's page on its way: its name, its facts, a request, its calls. */
export default function IntegrationLoading() {
  return (
    <div role="status" aria-label="Loading integration" className="grid gap-4">
      <div className="grid gap-2 pb-2">
        <Skeleton className="h-5 w-24" />
        <Skeleton className="h-8 w-56" />
      </div>
      <Skeleton className="h-80 w-full" />
      <Skeleton className="h-64 w-full" />
      <Skeleton className="h-96 w-full" />
    </div>
  )
}
