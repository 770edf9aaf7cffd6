/**
 * Blocks as HTML: bare (`toMarkup`, what is kept and what the text part is made from) and dressed for a mail reader
 * (`toEmailHtml`: one column of at most 600 px, styles on the elements because mail readers drop style sheets).
 */
import type { Block, Inline, Part } from './markup.ts';

/** What changes between the bare and the dressed form. */
interface Dress {
  readonly style: (element: string, part: Part | null) => string;
  /** Row and column headers named as such, for screen readers; the bare form derives them from where they stand. */
  readonly scopes: boolean;
  readonly wrapPart: (part: Part, inner: string) => string;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function styled(name: string, style: string, more = ''): string {
  return `<${name}${more}${style ? ` style="${style}"` : ''}>`;
}

function inlineHtml(content: readonly Inline[], dress: Dress, part: Part | null): string {
  return content
    .map((run) => {
      if (run.type === 'break') return '<br>';
      let html = escapeHtml(run.text);
      if (run.italic) html = `<em>${html}</em>`;
      if (run.bold) html = `${styled('strong', dress.style('strong', part))}${html}</strong>`;
      if (run.href !== null)
        html = `${styled('a', dress.style(run.href.startsWith('tel:') ? 'a-tel' : 'a', part), ` href="${escapeHtml(run.href)}"`)}${html}</a>`;
      return html;
    })
    .join('');
}

function blockHtml(block: Block, dress: Dress, part: Part | null): string {
  const open = (name: string, more = '') => styled(name, dress.style(name, part), more);
  const line = (content: readonly Inline[]) => inlineHtml(content, dress, part);
  switch (block.type) {
    case 'heading':
      return `${open(`h${block.level}`)}${line(block.content)}</h${block.level}>`;
    case 'paragraph': {
      const lang = block.lang === null ? '' : ` lang="${escapeHtml(block.lang)}"`;
      const dir = block.dir === 'rtl' ? ' dir="rtl"' : '';
      return `${open('p', lang + dir)}${line(block.content)}</p>`;
    }
    case 'list': {
      const name = block.ordered ? 'ol' : 'ul';
      return `${open(name)}${block.items.map((item) => `${open('li')}${line(item)}</li>`).join('')}</${name}>`;
    }
    case 'table': {
      const row = (cells: (typeof block.rows)[number], scope: 'col' | 'row') =>
        `<tr>${cells
          .map((cell) => {
            const name = cell.header ? 'th' : 'td';
            return `${styled(name, dress.style(cell.header && scope === 'row' ? 'th-row' : name, part), cell.header && dress.scopes ? ` scope="${scope}"` : '')}${line(cell.content)}</${name}>`;
          })
          .join('')}</tr>`;
      const head = block.head.length ? `<thead>${row(block.head, 'col')}</thead>` : '';
      return `${open('table')}${head}<tbody>\n${block.rows.map((cells) => row(cells, 'row')).join('\n')}\n</tbody></table>`;
    }
    case 'part':
      return dress.wrapPart(block.part, block.blocks.map((b) => blockHtml(b, dress, block.part)).join('\n'));
  }
}

const BARE: Dress = {
  style: () => '',
  scopes: false,
  wrapPart: (part, inner) => `<section data-part="${part}">\n${inner}\n</section>`,
};

/** The letter's markup again, in one canonical form: keep it, and `renderPdf` can draw the letter from it. */
export function toMarkup(blocks: readonly Block[]): string {
  return blocks.map((block) => blockHtml(block, BARE, null)).join('\n') + '\n';
}

const FONT = "font-family:'Segoe UI',Helvetica,Arial,sans-serif";
const INK = '#1f2933';
const BLUE = '#1d3f6e';
const STYLES: Readonly<Record<string, string>> = {
  h1: `margin:24px 0 12px;${FONT};font-size:22px;line-height:28px;font-weight:700;color:${BLUE}`,
  h2: `margin:26px 0 8px;${FONT};font-size:17px;line-height:23px;font-weight:700;color:${BLUE}`,
  p: `margin:0 0 14px;${FONT};font-size:16px;line-height:24px;color:${INK}`,
  ul: 'margin:0 0 14px;padding:0 0 0 24px',
  ol: 'margin:0 0 14px;padding:0 0 0 24px',
  li: `margin:0 0 8px;${FONT};font-size:16px;line-height:24px;color:${INK}`,
  table: 'width:100%;border-collapse:collapse;margin:0 0 16px',
  th: `padding:7px 10px 7px 0;border-bottom:1px solid #9aa5b1;text-align:left;vertical-align:top;${FONT};font-size:14px;line-height:20px;color:${INK}`,
  td: `padding:7px 10px 7px 0;border-bottom:1px solid #d9dee4;text-align:left;vertical-align:top;${FONT};font-size:14px;line-height:20px;color:${INK}`,
  'th-row': `padding:7px 14px 7px 0;border-bottom:1px solid #d9dee4;text-align:left;vertical-align:top;white-space:nowrap;${FONT};font-size:14px;line-height:20px;color:${INK}`,
  a: `color:${BLUE}`,
  // A number stays on one line of a telephone's small page.
  'a-tel': `color:${BLUE};white-space:nowrap`,
};
const PART_STYLES: Partial<Record<Part, Readonly<Record<string, string>>>> = {
  letterhead: {
    strong: `display:block;font-size:19px;line-height:25px;font-weight:700;color:${BLUE}`,
    p: `margin:4px 0 0;${FONT};font-size:13px;line-height:19px;color:#52606d`,
  },
  interpreter: { p: `margin:0 0 6px;${FONT};font-size:15px;line-height:22px;color:${INK}` },
  reference: { p: `margin:0 0 14px;${FONT};font-size:14px;line-height:20px;color:#52606d` },
  'sign-here': {
    'th-row': `padding:26px 14px 7px 0;border-bottom:1px solid #9aa5b1;text-align:left;vertical-align:bottom;${FONT};font-size:14px;line-height:20px;color:${INK}`,
    td: `padding:26px 10px 7px 0;border-bottom:1px solid #9aa5b1;text-align:left;vertical-align:bottom;${FONT};font-size:14px;line-height:20px;color:${INK}`,
  },
  copies: { p: `margin:0 0 6px;${FONT};font-size:13px;line-height:19px;color:#52606d` },
};
const PART_BOXES: Partial<Record<Part, string>> = {
  letterhead: `padding:0 0 12px;margin:0 0 18px;border-bottom:3px solid ${BLUE}`,
  interpreter: 'padding:12px 14px 6px;margin:0 0 18px;background:#eef3f9',
  signature: 'margin:22px 0 0',
  copies: 'margin:16px 0 0',
};

/** Where an e-mail's HTML takes the office's logo from: a part of the same message (RFC 2392). */
export const LOGO_IN_MAIL = 'cid:office-logo';

/** A kept e-mail without its picture, for a reader who has the HTML alone. */
export function withoutLogo(html: string): string {
  return html.replace(new RegExp(`<img src="${LOGO_IN_MAIL}"[^>]*>\\n?`), '');
}

const DRESSED: Dress = {
  style: (element, part) => (part && PART_STYLES[part]?.[element]) ?? STYLES[element] ?? '',
  scopes: true,
  wrapPart: (part, inner) => `<div style="${PART_BOXES[part] ?? 'margin:0'}">\n${inner}\n</div>`,
};

/** The logo above the office's name, which says the same: a reader that hides pictures misses nothing, a screen reader hears it once. */
function withLogo(src: string): Dress {
  const style = 'display:block;height:44px;width:auto;max-width:100%;margin:0 0 8px;border:0';
  const image = `<img src="${escapeHtml(src)}" alt="" height="44" style="${style}">`;
  return {
    ...DRESSED,
    wrapPart: (part, inner) => DRESSED.wrapPart(part, part === 'letterhead' ? `${image}\n${inner}` : inner),
  };
}

export interface EmailFrame {
  readonly title: string;
  /** BCP 47 of the letter. */
  readonly tag: string;
  /** Shown above and below the letter; null for a real letter. */
  readonly banner: string | null;
  /** Address of the office's logo, {@link LOGO_IN_MAIL} or the picture itself. */
  readonly logo?: string | undefined;
}

export function toEmailHtml(blocks: readonly Block[], frame: EmailFrame): string {
  const banner =
    frame.banner === null
      ? ''
      : `<p style="margin:0;padding:12px 16px;background:#ffe08a;${FONT};font-size:15px;line-height:21px;font-weight:700;color:#4a3500">${escapeHtml(frame.banner)}</p>\n`;
  const dress = frame.logo === undefined ? DRESSED : withLogo(frame.logo);
  return `<!doctype html>
<html lang="${escapeHtml(frame.tag)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escapeHtml(frame.title)}</title>
</head>
<body style="margin:0;padding:0;background:#f2f4f7">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f2f4f7"><tr><td align="center" style="padding:16px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff"><tr><td align="left">
${banner}<div style="padding:22px 20px 26px">
${blocks.map((block) => blockHtml(block, dress, null)).join('\n')}
</div>
${banner}</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}
