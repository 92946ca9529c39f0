import { MmxError } from '../../errors.js';

/** Redirections of one request. */
export const mostRedirects = 5;

/**
 * Another place that has the files, under their own names.
 *
 * @throws MmxError `cli/usage` for anything but https, and http to this machine
 */
export function mirrorAddress(text: string): URL {
  const refuse = (why: string): MmxError =>
    new MmxError('cli/usage', `--mirror ${text}: ${why}`, {
      exitCode: 2,
      hint: 'for example: --mirror https://example.org/corpora/grid',
    });
  if (!URL.canParse(text)) throw refuse('it is not an address');
  const address = new URL(text);
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(address.hostname);
  if (address.protocol !== 'https:' && !(address.protocol === 'http:' && isLocal)) {
    throw refuse('it must begin with https:// (http:// only for this machine)');
  }
  if (address.username !== '' || address.password !== '')
    throw refuse('it must not hold a name or a password');
  if (address.search !== '' || address.hash !== '') throw refuse('it must end with a folder');
  if (!address.pathname.endsWith('/')) address.pathname += '/';
  return address;
}

/** A file below a mirror. */
export const fileBelow = (mirror: URL, name: string): URL => new URL(encodeURIComponent(name), mirror);

/**
 * Where a redirection leads, if mmx follows it.
 *
 * @param visited addresses of this request so far
 * @returns why it does not, as the end of a sentence that begins with the address
 */
export function redirection(
  from: URL,
  location: string | undefined,
  visited: readonly URL[],
): URL | { readonly refused: string } {
  if (location === undefined || !URL.canParse(location, from.href)) {
    return { refused: 'redirects without naming an address' };
  }
  const to = new URL(location, from.href);
  if (from.protocol !== 'https:' || to.protocol !== 'https:') {
    return { refused: `redirects to ${to.href}, but mmx follows redirects from https to https only` };
  }
  if (to.username !== '' || to.password !== '') return { refused: 'redirects to an address with a password' };
  if (visited.some(({ href }) => href === to.href)) return { refused: 'redirects in a circle' };
  if (visited.length > mostRedirects) return { refused: `redirects more than ${mostRedirects} times` };
  return to;
}
