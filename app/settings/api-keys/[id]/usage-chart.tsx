'use client'

import { useState } from 'react'
import { counted, countText } from '../words'
import { scaleEnd, type UsageDay } from './usage'

const HEIGHT = 120

/** Requests per day as bars; the same figures as a table below, for whoever can't see or point. */
export function UsageChart({
  days,
  refused,
}: {
  days: readonly UsageDay[]
  /** Refused requests by day; null: not known yet. */
  refused: ReadonlyMap<string, number> | null
}) {
  const [pointed, setPointed] = useState<string | null>(null)
  const total = days.reduce((sum, { requests }) => sum + requests, 0)
  const refusedOn = (name: string) => refused?.get(name) ?? 0
  const end = scaleEnd(Math.max(...days.map(({ day, requests }) => requests + refusedOn(day))))
  const refusedShown = days.reduce(
    (sum, { day }) => (pointed === null || pointed === day ? sum + refusedOn(day) : sum),
    0,
  )
  const slot = 100 / days.length
  const day = days.find((one) => one.day === pointed)
  return (
    <div className="grid gap-3">
      <p className="text-sm">
        <span className="font-semibold text-lg tabular-nums">{countText(day?.requests ?? total)}</span>{' '}
        <span className="text-muted-foreground">
          {(day?.requests ?? total) === 1 ? 'request' : 'requests'} {day ? `on ${day.label}` : 'in the last 30 days'}
          {refusedShown > 0 ? `, and ${countText(refusedShown)} refused` : ''}
        </span>
      </p>
      <div className="grid grid-cols-[1fr_auto] gap-x-2">
        <svg
          role="img"
          aria-label={`${counted(total, 'request')} in the last 30 days. The table below has the figures of each day.`}
          width="100%"
          height={HEIGHT}
          className="overflow-visible text-muted-foreground"
          onPointerLeave={() => setPointed(null)}
        >
          {[0, 0.5, 1].map((part) => (
            <line
              key={part}
              x1="0"
              x2="100%"
              y1={HEIGHT * part}
              y2={HEIGHT * part}
              stroke="var(--border)"
              shapeRendering="crispEdges"
            />
          ))}
          {days.map(({ day, requests }, index) => {
            // A day with any use is always seen.
            const height = requests === 0 ? 0 : Math.max(2, (requests / end) * HEIGHT)
            const more = refusedOn(day) === 0 ? 0 : Math.max(2, (refusedOn(day) / end) * HEIGHT)
            return (
              <g key={day} onPointerEnter={() => setPointed(day)}>
                <rect x={`${index * slot}%`} y="0" width={`${slot}%`} height={HEIGHT} fill="transparent" />
                <rect
                  x={`${(index + 0.15) * slot}%`}
                  y={HEIGHT - height}
                  width={`${0.7 * slot}%`}
                  height={height}
                  fill="currentColor"
                  opacity={pointed === null || pointed === day ? 1 : 0.45}
                />
                {more > 0 ? (
                  <rect
                    x={`${(index + 0.15) * slot}%`}
                    y={HEIGHT - height - more}
                    width={`${0.7 * slot}%`}
                    height={more}
                    className="text-destructive"
                    fill="none"
                    stroke="currentColor"
                    strokeDasharray="2 2"
                    opacity={pointed === null || pointed === day ? 1 : 0.45}
                  />
                ) : null}
              </g>
            )
          })}
        </svg>
        <div
          className="flex flex-col justify-between text-muted-foreground text-xs leading-none tabular-nums"
          aria-hidden="true"
        >
          <span className="-translate-y-1/2">{countText(end)}</span>
          <span>{countText(end / 2)}</span>
          <span className="translate-y-1/2">0</span>
        </div>
        <div className="mt-2 flex justify-between text-muted-foreground text-xs" aria-hidden="true">
          <span>{days[0]?.label}</span>
          <span>Today (UTC)</span>
        </div>
      </div>
      <UsageTable days={days} refusedOn={refusedOn} />
    </div>
  )
}

function UsageTable({ days, refusedOn }: { days: readonly UsageDay[]; refusedOn: (day: string) => number }) {
  return (
    <details className="text-xs">
      <summary className="w-fit rounded text-muted-foreground hover:text-foreground">Show as a table</summary>
      <table className="mt-2 w-full max-w-xs text-left tabular-nums">
        <caption className="sr-only">Requests per day (UTC), latest first</caption>
        <thead>
          <tr className="border-b text-muted-foreground">
            <th scope="col" className="py-1 font-medium">
              Day (UTC)
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              Requests
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              Refused
            </th>
          </tr>
        </thead>
        <tbody>
          {[...days].reverse().map(({ day, label, requests }) => (
            <tr key={day} className="border-b last:border-b-0">
              <th scope="row" className="py-1 font-normal">
                <time dateTime={day}>{label}</time>
              </th>
              <td className="py-1 text-right">{countText(requests)}</td>
              <td className="py-1 text-right">{countText(refusedOn(day))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
