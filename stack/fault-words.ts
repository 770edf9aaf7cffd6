/** An error in words. A refused connection to a name with several addresses has no message of its own, only a code. */
export function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message) return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
