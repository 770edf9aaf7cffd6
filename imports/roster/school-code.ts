/** Readable, stable school codes such as `PEKIN-HS`: they stand in lists, addresses and search attributes. */

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\bHIGH SCHOOL\b/, 'HS'],
  [/\b(MIDDLE|JUNIOR HIGH|JR HIGH) SCHOOL\b/, 'MS'],
  [/\b(ELEMENTARY|PRIMARY|GRADE) SCHOOL\b/, 'ES'],
  [/\bSCHOOL\b/, ''],
];

/** A source's short name if it has one (`GBHS`), else made from the name (`Pekin Community High School` → `PEKIN-COMMUNITY-HS`). */
export function schoolCodeFrom(shortName: string | undefined, name: string): string {
  const short = clean(shortName ?? '');
  if (short) return short;
  let words = plain(name);
  for (const [pattern, kind] of KINDS) words = words.replace(pattern, kind);
  return clean(words) || 'SCHOOL';
}

/** The code, or with the source's number behind it where another school has it already. */
export function distinctCode(code: string, sourceId: string, taken: ReadonlySet<string>): string {
  return taken.has(code) ? clean(`${code}-${sourceId}`) : code;
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
}

function clean(text: string): string {
  return plain(text)
    .replace(/['’.]/g, '')
    .replace(/[^A-Z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
}
