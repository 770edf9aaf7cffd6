import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprint, workflowBundle } from '../../worker/workflow-bundle.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'truancy-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the bundled workflows', () => {
  it('are kept in one whole file, however many workers ask at once', async () => {
    const kept = path.join(folder, 'kept');
    const [one, other] = await Promise.all([workflowBundle(kept), workflowBundle(kept)]);
    expect(one).toEqual(other);
    expect(readdirSync(kept)).toEqual([path.basename(one.codePath)]);
  });

  it('are other ones after any change of what they are made of: no worker runs the code of yesterday', async () => {
    const root = path.join(folder, 'root');
    for (const one of ['workflows', 'domain/case']) mkdirSync(path.join(root, one), { recursive: true });
    const write = (file: string, text: string) => writeFileSync(path.join(root, file), text);
    write('package-lock.json', '{}');
    write('workflows/index.ts', 'export {};');
    write('domain/case/rule.ts', 'export const days = 9;');
    const seen = [await fingerprint(root)];
    const changes = [
      () => write('domain/case/rule.ts', 'export const days = 10;'),
      () => write('workflows/other.ts', ''),
      () => renameSync(path.join(root, 'workflows/other.ts'), path.join(root, 'workflows/another.ts')),
      () => write('package-lock.json', '{"lockfileVersion":3}'),
    ];
    for (const change of changes) {
      change();
      seen.push(await fingerprint(root));
    }
    expect(new Set(seen).size).toBe(1 + changes.length);
    write('test.ts', 'not a part of it');
    expect(await fingerprint(root)).toBe(seen.at(-1));
  });
});
