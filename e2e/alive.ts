import { expect, type Locator, type Page } from '@playwright/test'

/**
 * Waits until React has taken an element over. A page can be seen and used before; what is chosen in a control at that very
 * moment is set back to what the server wrote.
 */
export async function toBeAlive(control: Locator): Promise<void> {
  const isAlive = () =>
    control.evaluate((element) => Object.keys(element).some((key) => key.startsWith('__reactProps')))
  // Often a moment later, and asked hundreds of times.
  await expect.poll(isAlive, { intervals: [10, 20, 50, 100] }).toBe(true)
}

/** Opens the menu of commands by its keys, which a page listens to once it is alive. */
export async function openCommands(page: Page): Promise<void> {
  await toBeAlive(page.getByRole('button', { name: /^Commands/ }))
  await page.keyboard.press('ControlOrMeta+k')
}
