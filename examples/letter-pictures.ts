/**
 * `npm run docs:letters`: the first page of each letter in each language as a picture for docs/letters. Needs pdftoppm
 * (poppler-utils). Look at them before they are committed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { listTemplates, renderLetter, renderPdf, sampleContext } from '../templates/index.ts';

const PICTURES = join(import.meta.dirname, '../docs/letters');
const DOTS_PER_INCH = 70;

/** A third of the size, and every word still reads. */
function inSixteenGreys(png: Buffer): Buffer {
  const image = PNG.sync.read(png);
  for (let i = 0; i < image.data.length; i += 1) image.data[i] = Math.round(image.data[i]! / 17) * 17;
  return PNG.sync.write(image, { colorType: 0, filterType: 0, deflateLevel: 9 });
}

const folder = mkdtempSync(join(tmpdir(), 'letter-pictures-'));
try {
  mkdirSync(PICTURES, { recursive: true });
  for (const old of readdirSync(PICTURES)) if (old.endsWith('.png')) rmSync(join(PICTURES, old));
  for (const { kind, language } of listTemplates()) {
    const pdf = join(folder, 'letter.pdf');
    writeFileSync(pdf, await renderPdf(renderLetter(kind, language, sampleContext(kind, language))));
    const page = join(folder, 'page');
    const options = ['-png', '-gray', '-singlefile', '-f', '1', '-r', String(DOTS_PER_INCH)];
    const { status, stderr, error } = spawnSync('pdftoppm', [...options, pdf, page], { encoding: 'utf8' });
    if (status !== 0) throw error ?? new Error(`pdftoppm: ${stderr}`);
    writeFileSync(join(PICTURES, `${kind}.${language}.png`), inSixteenGreys(readFileSync(`${page}.png`)));
  }
} finally {
  rmSync(folder, { recursive: true });
}
