import { Skeleton } from '@/components/ui/skeleton'

/** A credential's page on its way: its name, its details. */
export default function CredentialLoading() {
  return (
    <div role="status" aria-label="Loading credential" className="grid gap-4">
      <div className="grid gap-2 pb-2">
        <Skeleton className="h-5 w-20" />
        <Skeleton className="h-10 w-56" />
      </div>
      <Skeleton className="h-40 w-full" />
      <Skeleton className="h-80 w-full" />
    </div>
  )
}
