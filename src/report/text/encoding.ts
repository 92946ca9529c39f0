/**
 * Whether the terminal shows more than ASCII, as the locale says: the first of LC_ALL, LC_CTYPE and LANG that is not empty.
 * Without a locale, as on Windows and in many containers, it does.
 */
export function drawsBoxes(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find(
    (one) => (one ?? '') !== '',
  );
  return locale === undefined || /utf-?8/i.test(locale);
}
