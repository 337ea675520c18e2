import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
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
  // All within the page: there are no frames of others, for whose sake each run would else open a tab of its own.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}\n${failureSummary}`),
  )
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
