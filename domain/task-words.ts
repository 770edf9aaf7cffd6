/** `CONTACT_THE_FAMILY` → `Contact the family`: the codes of tasks are the words staff read. */
export function taskText(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
