import type { Locator, Page } from '@playwright/test'
import axe from 'axe-core'
import { expect } from './fixtures'

const APPEARANCES = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 375, colorScheme: 'light' },
  { width: 375, colorScheme: 'dark' },
] as const

/** What is wrong with a page as it stands: what axe finds, and whether it scrolls sideways. */
export async function faults(page: Page): Promise<string[]> {
  // A colour that is on its way to another has any contrast; what moves for ever, such as a skeleton, is not waited for.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished.catch(() => {})),
    ),
  )
  const found = await axeFaults(page)
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return { scrollWidth, clientWidth }
  })
  if (scrollWidth > clientWidth) found.push(`scrolls sideways, ${scrollWidth} px in ${clientWidth}`)
  return found
}

/** In both themes and at both widths: axe finds nothing, and nothing scrolls sideways. Leaves the page at 1280 px. */
export async function expectFitToUse(page: Page, what = page.url()): Promise<void> {
  for (const { width, colorScheme } of APPEARANCES) {
    await page.setViewportSize({ width, height: 800 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await faults(page), `${what} at ${width} px, ${colorScheme}`).toEqual([])
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** As it stands, without being scrolled to: nothing that sticks to an edge of the window covers any of it. */
export async function expectInSight(target: Locator): Promise<void> {
  const isInSight = () =>
    target.evaluate((element) => {
      const { x, width, top, bottom } = element.getBoundingClientRect()
      return [top + 4, bottom - 4].every((y) => element.contains(document.elementFromPoint(x + width / 2, y)))
    })
  await expect.poll(isInSight, `${target} is in sight`).toBe(true)
}

/**
 * What axe finds. It is run in the page itself, where it stays until the page is left: its package for Playwright sends half a
 * megabyte of it with each run and fetches what passed as well, which takes five times as long.
 */
async function axeFaults(page: Page): Promise<string[]> {
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run({ resultTypes: ['violations'] })
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}\n${failureSummary}`),
    )
  })
}
