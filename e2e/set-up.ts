// One installation for all journeys. MYVINI_E2E_URL names one that runs already, for work on the tests themselves.
import { startInstance } from '@myvini/launcher/own-instance'

export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.MYVINI_E2E_URL !== undefined) return undefined
  const instance = await startInstance('e2e')
  process.env.MYVINI_E2E_URL = instance.url
  return instance.end
}
