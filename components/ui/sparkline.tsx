import { cn } from './cn'

/** Counts over time as small bars, oldest first. `label` says the same in words ("1,204 requests in 30 days"). */
export function Sparkline({
  values,
  label,
  className,
}: {
  values: readonly number[]
  label: string
  className?: string
}) {
  const highest = Math.max(1, ...values)
  const step = 3
  const height = 20
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * step - 1} ${height}`}
      width={values.length * step - 1}
      height={height}
      className={cn('max-w-full text-muted-foreground', className)}
      shapeRendering="crispEdges"
    >
      <title>{label}</title>
      {values.map((value, index) => {
        // A day without any use keeps a faint base line; a day with one is always seen.
        const tall = value === 0 ? 1 : Math.max(2, Math.round((value / highest) * height))
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a day has no name but its place
            key={index}
            x={index * step}
            y={height - tall}
            width={step - 1}
            height={tall}
            fill="currentColor"
            opacity={value === 0 ? 0.35 : 1}
          />
        )
      })}
    </svg>
  )
}
