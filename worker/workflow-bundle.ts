/**
 * The workflows' code as a worker runs it, kept from one start to the next: webpack takes seconds, and after a crash every
 * case waits for them.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = path.join(import.meta.dirname, '..');
export const WORKFLOWS = path.join(ROOT, 'workflows', 'index.ts');

/** All that a workflow may be made of: a lint rule keeps other imports out of these two; the lock names the packages. */
const MADE_OF = ['workflows', 'domain'];

/**
 * A file with the code, named by what it is made of: made where it is not yet there, found where it is. Any number of workers
 * may ask at once.
 */
export async function workflowBundle(folder: string): Promise<{ readonly codePath: string }> {
  const codePath = path.join(folder, `workflows-${await fingerprint()}.js`);
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('ERROR') });
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(path.join(folder, 'bundle-'));
  try {
    await writeFile(path.join(draft, 'code.js'), code);
    // In one step: nobody reads half a file.
    await rename(path.join(draft, 'code.js'), codePath);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { codePath };
}

/** Of everything under `root` that the code is made of: another one after any change, even of a file's name. */
export async function fingerprint(root = ROOT): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const file of [path.join(root, 'package-lock.json'), ...(await sources(root))])
    hash.update(`\0${path.relative(root, file)}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function sources(root: string): Promise<string[]> {
  const found = await Promise.all(
    MADE_OF.map((folder) => readdir(path.join(root, folder), { recursive: true, withFileTypes: true })),
  );
  return found
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
