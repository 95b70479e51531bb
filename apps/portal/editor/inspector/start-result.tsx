'use client'
// How did one start-up command of a running host end, and what did it say last?
import { exitWords, type StartUpStory } from '@myvini/core/desired/start-up-words'
import { Pill } from '../../components/state-pill'

/** null: not begun. */
type Result = StartUpStory['commands'][number]

function standing(result: Result): { tone: 'neutral' | 'changing' | 'running' | 'failed'; word: string } {
  if (!result) return { tone: 'neutral', word: 'not begun' }
  if (result.code === null) return { tone: 'changing', word: 'runs' }
  return result.code === 0 ? { tone: 'running', word: 'done' } : { tone: 'failed', word: exitWords(result.code) }
}

export function StartResult({ name, result }: { name: string; result: Result }) {
  const { tone, word } = standing(result)
  return (
    <div className="flex flex-col gap-1.5">
      <div>
        <Pill tone={tone}>{word}</Pill>
      </div>
      {result?.output && (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard (WCAG 2.1.1)
          tabIndex={0}
          aria-label={`Output of ${name}`}
          className="max-h-32 overflow-auto rounded-md bg-sunken p-2 font-mono text-xs whitespace-pre-wrap break-all"
        >
          {result.output}
        </section>
      )}
    </div>
  )
}
