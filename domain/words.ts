/** Words that go with a number. */

/** `1 letter`, `2 letters`; where the plural takes more than an s it is given. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
