'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleAlert, Upload } from 'lucide-react'
import { type DragEvent, useMemo, useRef, useState } from 'react'
import { problemOf } from '../browser/problem'
import { useTRPC } from '../browser/trpc'
import { Button } from '../components/button'
import { classes } from '../components/classes'
import { Field } from '../components/field'
import { TextArea } from '../components/input'
import { ProblemNote } from '../components/notices'
import { SidePanel } from '../components/side-panel'
import { readClassList, usable } from './class-list'
import type { Course } from './course-page'
import { LinksPanel } from './links'

const EXAMPLE = 'name,email\nLinus Student,linus@example.org\n"Lovelace, Ada",ada@example.org'
/** A class list of thousands is a tenth of this. */
const MOST_BYTES = 2_000_000

/** Paste or upload, see what is understood line by line, and get the links. */
export function AddStudentsPanel({ course, onClose }: { course: Course; onClose: () => void }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [text, setText] = useState('')
  const [fileProblem, setFileProblem] = useState<string | null>(null)
  const [over, setOver] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const lines = useMemo(() => readClassList(text), [text])
  const students = usable(lines)
  const wrong = lines.filter((l) => l.problem !== null)
  const add = useMutation(
    trpc.courses.addStudents.mutationOptions({
      meta: { told: true },
      onSuccess: () => void queryClient.invalidateQueries(trpc.courses.pathFilter()),
    }),
  )
  const read = async (chosen: File | undefined) => {
    if (!chosen) return
    setFileProblem(chosen.size > MOST_BYTES ? `${chosen.name} is larger than a class list can be.` : null)
    if (chosen.size <= MOST_BYTES) setText(await chosen.text())
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void read(event.dataTransfer.files[0])
  }
  if (add.data)
    return (
      <SidePanel title="Students added" onClose={onClose} footer={<Button onClick={onClose}>Done</Button>}>
        <LinksPanel course={course.name} invited={add.data} />
      </SidePanel>
    )
  return (
    <SidePanel
      title="Add students"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            busy={add.isPending}
            disabled={students.length === 0}
            onClick={() => add.mutate({ courseId: course.id, students })}
          >
            {students.length === 0 ? 'Add' : `Add ${students.length} ${students.length === 1 ? 'student' : 'students'}`}
          </Button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a quicker way to what the button does */}
      <div
        className={classes('flex flex-col gap-4', over && 'outline-2 outline-accent')}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {add.error && <ProblemNote problem={problemOf(add.error)} />}
        <Field
          label="Class list"
          help="One student a line: name, e-mail. With or without a line of headings. You can also drop a file here."
          error={fileProblem}
        >
          {(control) => (
            <TextArea
              {...control}
              mono
              spellCheck={false}
              className="!min-h-32 !text-xs"
              placeholder={EXAMPLE}
              value={text}
              onChange={(e) => setText(e.target.value)}
            />
          )}
        </Field>
        <div>
          <input
            ref={file}
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            aria-label="Class list as a file"
            className="sr-only"
            tabIndex={-1}
            onChange={(e) => {
              void read(e.target.files?.[0])
              e.target.value = ''
            }}
          />
          <Button icon={<Upload />} onClick={() => file.current?.click()}>
            Upload a CSV file
          </Button>
        </div>
        {lines.length > 0 && (
          <section aria-label="Preview">
            <h3 className="mb-1 font-medium text-sm" role="status">
              {students.length} {students.length === 1 ? 'student' : 'students'}
              {wrong.length > 0 && (
                <span className="text-failed">
                  , {wrong.length} {wrong.length === 1 ? 'line' : 'lines'} to mend
                </span>
              )}
            </h3>
            <ul className="max-h-72 overflow-y-auto rounded-md border border-line text-sm">
              {[...wrong, ...lines.filter((l) => l.problem === null)].map((line) => (
                <li key={line.number} className="flex gap-2 border-b border-line px-2 py-1 last:border-0">
                  <span className="w-7 shrink-0 text-right text-faint text-xs leading-5 tabular">{line.number}</span>
                  <span className="min-w-0 flex-1">
                    <span className="block truncate">
                      {line.name || '–'} <span className="text-faint">{line.email}</span>
                    </span>
                    {line.problem && (
                      <span className="flex gap-1 text-failed text-xs">
                        <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
                        {line.problem}
                      </span>
                    )}
                  </span>
                </li>
              ))}
            </ul>
            {wrong.length > 0 && students.length > 0 && (
              <p className="mt-1 text-faint text-xs">Lines to mend are left out.</p>
            )}
          </section>
        )}
      </div>
    </SidePanel>
  )
}
