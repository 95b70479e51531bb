import { resources } from '../../../../server/resources'

const handle = (request: Request): Promise<Response> => resources().auth.handler(request)

export { handle as GET, handle as POST }
