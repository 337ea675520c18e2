import { Skeleton } from '@/components/ui/skeleton'

/** A key's page on its way: its name, its usage, its details. */
export default function ApiKeyLoading() {
  return (
    <div role="status" aria-label="Loading API key" className="grid gap-4">
      <div className="grid gap-2 pb-2">
        <Skeleton className="h-5 w-20" />
        <Skeleton className="h-8 w-56" />
      </div>
      <Skeleton className="h-[272px] w-full" />
      <Skeleton className="h-80 w-full" />
    </div>
  )
}
