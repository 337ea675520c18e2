import { test as base, expect } from '@playwright/test'
import { type Holds, makePlace, type Place } from './place'
import { type Product, startProduct } from './product'

export { expect }

/** A test whose pages may not fail unnoticed: an uncaught error or an error on the console fails it. */
export const test = base.extend<{ pageErrors: string[] }>({
  pageErrors: [
    async ({ context }, use) => {
      const errors: string[] = []
      context.on('weberror', (error) => errors.push(`${error.page()?.url()}: ${error.error().stack}`))
      context.on('console', (message) => {
        // A refused request is for the page to tell, and for the test to expect; the browser logs each as an error too.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          errors.push(`${message.page()?.url()}: ${message.text()}`)
        }
      })
      await use(errors)
      expect(errors, 'errors in pages').toEqual([])
    },
    { auto: true },
  ],
})

/** The product of one test file, on data of its own. */
export interface Running {
  readonly url: string
  readonly place: Place
  readonly product: Product
}

/**
 * Starts the product before the tests of this file, and expects after them that it stops in order.
 * @param holds what its place begins with
 * @param prepare fills its place before it starts
 */
export function runProduct(
  holds: Holds,
  env: Record<string, string> = {},
  prepare?: (place: Place) => Promise<unknown>,
): Running {
  let started: { place: Place; product: Product } | undefined
  const running = () => {
    if (!started) throw new Error('The product runs only while tests do')
    return started
  }
  test.beforeAll(async () => {
    const place = await makePlace(holds)
    await prepare?.(place)
    started = { place, product: await startProduct(place, env) }
  })
  test.afterAll(async () => {
    if (!started) return
    await started.product.stop()
    await started.place.remove()
  })
  return {
    get url() {
      return running().product.url
    },
    get place() {
      return running().place
    },
    get product() {
      return running().product
    },
  }
}
