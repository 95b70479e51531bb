'use client'
import { type ImageNeeds, LEAST } from '@myvini/core/images/needs'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError, problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { Field } from '../components/field'
import { Input, Select, TextArea } from '../components/input'
import { ProblemNote } from '../components/notices'
import { SidePanel } from '../components/side-panel'
import { NumberField } from '../editor/inspector/fields'

/** From a recipe that comes with MyVINI, or from packages of one's own choice. */
export function BuildPanel({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const trpc = useTRPC()
  const recipes = useQuery(trpc.images.recipes.queryOptions())
  const [draft, setDraft] = useState<{ name: string; description: string; packages: string; needs: ImageNeeds } | null>(
    null,
  )
  const [chosen, setChosen] = useState<string | null>(null)
  const first = recipes.data?.find((r) => r.name === 'router') ?? recipes.data?.[0]
  const shown = draft ?? {
    name: first?.name ?? '',
    description: first?.description ?? '',
    packages: first?.packages.join(' ') ?? '',
    needs: first?.needs ?? LEAST,
  }
  const build = useMutation(
    trpc.images.build.mutationOptions({
      onSuccess: () => {
        onDone()
        onClose()
      },
    }),
  )
  const problem = build.error ? problemOf(build.error) : null
  const change = (patch: Partial<typeof shown>) => setDraft({ ...shown, ...patch })
  const submit = () =>
    build.mutate({ ...shown, packages: shown.packages.split(/[\s,]+/).filter((name) => name !== '') })
  return (
    <SidePanel
      title="Build an image"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={build.isPending} onClick={submit}>
            Build
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {problem && !problem.fields && <ProblemNote problem={problem} />}
        <Field label="Start from">
          {(control) => (
            <Select
              {...control}
              onChange={(event) => {
                const recipe = recipes.data?.find((r) => r.name === event.target.value)
                setChosen(event.target.value)
                if (recipe) setDraft({ ...recipe, packages: recipe.packages.join(' '), needs: recipe.needs ?? LEAST })
              }}
              value={chosen ?? first?.name ?? ''}
            >
              {(recipes.data ?? []).map((recipe) => (
                <option key={recipe.name} value={recipe.name}>
                  {recipe.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field
          label="Name"
          help="Under a name that is there already it becomes the next version."
          error={fieldError(problem, 'name')}
        >
          {(control) => (
            <Input
              {...control}
              mono
              value={shown.name}
              maxLength={40}
              onChange={(e) => change({ name: e.target.value })}
            />
          )}
        </Field>
        <Field label="Description" error={fieldError(problem, 'description')}>
          {(control) => (
            <Input
              {...control}
              value={shown.description}
              maxLength={300}
              onChange={(e) => change({ description: e.target.value })}
            />
          )}
        </Field>
        <Field
          label="Debian packages"
          help="What they depend on comes by itself. The build takes a minute or two, behind."
          error={fieldError(problem, 'packages')}
        >
          {(control) => (
            <TextArea
              {...control}
              mono
              rows={10}
              spellCheck={false}
              value={shown.packages}
              onChange={(e) => change({ packages: e.target.value })}
            />
          )}
        </Field>
        <NumberField
          label="Least memory"
          help="A host with less is refused before it is booked."
          value={shown.needs.memoryMib}
          min={LEAST.memoryMib}
          max={1_048_576}
          whole
          unit="MiB"
          onChange={(memoryMib) => memoryMib !== null && change({ needs: { ...shown.needs, memoryMib } })}
        />
      </form>
    </SidePanel>
  )
}
