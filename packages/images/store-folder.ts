// Where do images lie on the machine of portal and controller? One file each, named by its hash; uploads beside them.
import { join } from 'node:path'

export const imageFile = (folder: string, hash: string): string => join(folder, `${hash}.tar.gz`)
/** What the portal takes in, under the id of its row: nothing of a name that somebody typed is in it. */
export const uploadFile = (folder: string, id: string): string => join(folder, 'incoming', id)
export const workFolder = (folder: string, id: string): string => join(folder, 'work', id)
