'use client'
import { Dialog } from '../components/dialog'
import { Keys } from '../components/keys'
import { useCommandGroups } from './commands'
import { useFrame } from './frame-context'

/** What the keyboard does here: the same table that the keyboard goes by. */
export function KeysSheet() {
  const { keysOpen, setKeysOpen } = useFrame()
  const groups = useCommandGroups()
  return (
    <Dialog open={keysOpen} onOpenChange={setKeysOpen} title="Keyboard">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {groups.toReversed().map(({ title, commands }) => {
          const keyed = commands.filter((c) => c.keys !== undefined)
          if (keyed.length === 0) return null
          return (
            <section key={title}>
              <h3 className="mb-1 font-medium text-faint text-xs">{title}</h3>
              <dl>
                {keyed.map((command) => (
                  <div key={command.label} className="flex items-center justify-between gap-3 py-0.5 text-sm">
                    <dt>{command.label}</dt>
                    <dd className="flex gap-1.5">
                      {command.keys?.split(' ').map((keys) => (
                        <Keys key={keys} keys={keys} />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          )
        })}
      </div>
    </Dialog>
  )
}
