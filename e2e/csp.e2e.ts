import { expect, runProduct, test } from './fixtures'
import { watchPolicy } from './policy-watch'

// What the policy lets every page do is looked at where all of them are opened, see accessibility.e2e.ts.

const product = runProduct('tables')

test('a script that finds its way into a page does not run', async ({ page, context, pageErrors }) => {
  const seen = await watchPolicy(context, product.url)
  await page.goto(`${product.url}/sign-in`)
  await page.evaluate(() => {
    const image = '<img src="https://example.com/spy.png" onerror="document.title = \'taken over\'">'
    document.body.insertAdjacentHTML('beforeend', image)
  })
  const violations = () => seen.violations.join('\n')
  await expect.poll(violations).toContain('img-src forbids https://example.com')
  await expect.poll(violations).toContain('script-src-attr forbids inline')
  await expect(page).toHaveTitle(/Fenicia/)
  // Chromium logs each violation as an error of the page; these were asked for.
  pageErrors.length = 0
})
