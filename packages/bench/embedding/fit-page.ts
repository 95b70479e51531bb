/// <reference lib="dom" />
// Runs in the browser: asks the questions and leaves the answers as the page's text.
import { fitRounds } from './fit-rounds'

document.body.textContent = JSON.stringify(fitRounds(location.hash === '#quick'))
