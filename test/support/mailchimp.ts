import { onTestFinished } from 'vitest'
import { type FakeMailchimp, type FakeOptions, openFakeMailchimp } from '../../src/platform/mailchimp/fake/index.ts'
import { findMailchimpViolations, hasMailchimpDescription } from './mailchimp-schema.ts'

let said = false

/**
 * A made-up Mailchimp account that validates each request of ours and each of its answers by the vendor's description.
 * Closed with the test when it is opened within one (in a hook: close it yourself); closing throws what was found.
 * Where the description is absent, one line says that nothing is validated.
 */
export async function openTestMailchimp(options: FakeOptions = {}): Promise<FakeMailchimp> {
  if (!hasMailchimpDescription && !said) {
    said = true
    console.log('SKIPPED: Mailchimp is not validated, as ../shared/data/mailchimp/openapi.json is absent')
  }
  const fake = await openFakeMailchimp({ check: findMailchimpViolations, ...options })
  let isClosed = false
  const close = fake.close
  fake.close = async () => {
    if (isClosed) return
    isClosed = true
    await close()
    const found = [...new Set(fake.violations)]
    if (found.length > 0) throw new Error(`Not as Mailchimp describes itself:\n${found.slice(0, 20).join('\n')}`)
  }
  closeWithTest(fake)
  return fake
}

function closeWithTest(fake: FakeMailchimp): void {
  try {
    onTestFinished(() => fake.close())
  } catch {
    // Not within a test: in a hook, or in a program. Whoever opened it closes it.
  }
}
