'use client'
import { pathIn } from '@myvini/core/inside/host-path'
import type { ListedFile, Listing } from '@myvini/core/inside/listing'
import { Download, File, FileSymlink, Folder } from 'lucide-react'
import { Ago } from '../../components/when'
import { sizeWords } from './size-words'

interface FileTableProps {
  listing: Listing
  /** A folder of it, by its whole path. */
  onFolder: (path: string) => void
  addressOf: (path: string) => string
}

function NameCell({
  file,
  path,
  onFolder,
  addressOf,
}: { file: ListedFile; path: string } & Omit<FileTableProps, 'listing'>) {
  const look = 'flex min-h-6 min-w-0 items-center gap-1.5 font-mono [&_svg]:size-3.5 [&_svg]:shrink-0'
  const icon =
    file.kind === 'folder' ? <Folder aria-hidden /> : file.isLink ? <FileSymlink aria-hidden /> : <File aria-hidden />
  // A name may hold anything: it is one line here.
  const name = <span className="truncate">{file.name.replace(/[\p{Cc}]/gu, '␣')}</span>
  if (file.kind === 'folder')
    return (
      <button type="button" className={`${look} hover:underline`} onClick={() => onFolder(path)}>
        {icon}
        {name}
      </button>
    )
  if (file.kind === 'other')
    return (
      <span className={`${look} text-faint`} title="No file with a content of its own">
        {icon}
        {name}
      </span>
    )
  return (
    <a
      className={`${look} hover:underline`}
      href={addressOf(path)}
      download={file.name}
      aria-label={`Download ${file.name}`}
    >
      {icon}
      {name}
      <Download className="text-faint" aria-hidden />
    </a>
  )
}

export function FileTable({ listing, onFolder, addressOf }: FileTableProps) {
  const { folder, files, cut } = listing
  if (files.length === 0)
    return <p className="p-4 text-faint text-sm">The folder is empty. Drop files here to bring some.</p>
  return (
    <>
      <table className="w-full text-xs tabular">
        <thead className="sticky top-0 bg-page text-left text-faint">
          <tr className="[&>th]:px-3 [&>th]:py-1 [&>th]:font-normal">
            <th className="w-full">Name</th>
            <th className="text-right">Size</th>
            <th className="max-sm:hidden">Changed</th>
            <th className="max-sm:hidden">Mode</th>
          </tr>
        </thead>
        <tbody className="[&_td]:px-3 [&_td]:py-0.5">
          {files.map((file) => (
            <tr key={file.name} className="border-line/60 border-t">
              <td className="max-w-0">
                <NameCell file={file} path={pathIn(folder, file.name)} onFolder={onFolder} addressOf={addressOf} />
              </td>
              <td className="whitespace-nowrap text-right">{file.kind === 'file' ? sizeWords(file.bytes) : ''}</td>
              <td className="whitespace-nowrap max-sm:hidden">
                <Ago at={new Date(file.changedS * 1000)} />
              </td>
              <td className="font-mono max-sm:hidden">{file.mode}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {cut && <p className="p-3 text-changing text-xs">There are more files than are listed here.</p>}
    </>
  )
}
