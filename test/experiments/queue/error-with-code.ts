/** @file Errors as Node and PostgreSQL's client throw them. */

export function errorWithCode(code: string, message = ""): Error {
  return Object.assign(new Error(message), { code });
}
