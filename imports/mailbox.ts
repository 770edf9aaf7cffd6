/** The messages of a mailbox on disk: one message, a folder of them, a Maildir, or an mbox file. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Bytes as they are, one character each: what is in a message is for whoever parses it. */
export function messagesIn(place: string): string[] {
  if (!statSync(place).isDirectory()) return split(readFileSync(place, 'latin1'));
  const names = readdirSync(place);
  // A Maildir keeps what has come in `new` and `cur`; what stands in `tmp` is still being written.
  const folders = names.includes('cur') && names.includes('new') ? ['new', 'cur'] : [''];
  return folders
    .flatMap((folder) => files(path.join(place, folder)))
    .map((file) => readFileSync(file, 'latin1'));
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isFile() && !one.name.startsWith('.'))
    .map((one) => path.join(folder, one.name))
    .sort();
}

/** An mbox begins with `From `, and so does each of its messages; a line of a message that does is quoted with `>`. */
function split(text: string): string[] {
  if (!text.startsWith('From ')) return [text];
  return text
    .split(/(?:^|\r?\n\r?\n)(?=From [^\r\n]*\d{4}\r?\n)/)
    .filter((one) => one.startsWith('From '))
    .map((one) => one.replace(/^From [^\n]*\n/, '').replaceAll(/^>(>*From )/gm, '$1'));
}
