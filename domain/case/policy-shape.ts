export function policyFault(value: unknown): string | null {
  return typeof value === 'object' && value !== null ? null : 'policy';
}
