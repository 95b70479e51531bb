// Which passwords are long enough? The one place for the server's rule and the form's hint.

/** Length is what counts (NIST SP 800-63B §3.1.1.2); nothing is asked about digits and signs. */
export const LEAST_PASSWORD = 10
/** Beyond it hashing would be work for nothing. */
export const MOST_PASSWORD = 200
export const PASSWORD_HINT = `At least ${LEAST_PASSWORD} characters. A few words are easier to keep than signs.`
