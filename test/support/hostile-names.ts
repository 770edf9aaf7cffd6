/** Names that would do harm where somebody forgot to mind them. */

/** What stands in the records, and what is to be read. */
export const NAMES: readonly (readonly [what: string, name: string, read: string])[] = [
  ['quotes', `O'Brien "Bud" ‘Öz’`, `O'Brien "Bud" ‘Öz’`],
  ['accents, composed or not', 'Nguyễn Mun\u0303oz', 'Nguyễn Muñoz'],
  ['HTML', '<script>alert(1)</script><b>Bo</b>', '<script>alert(1)</script><b>Bo</b>'],
  ['Handlebars braces', '{{office.name}} {{{log this}}}', '{{office.name}} {{{log this}}}'],
  ['right-to-left marks', 'Ada\u202Egnirts\u202C\u200F Cole', 'Adagnirts Cole'],
  [
    'newlines meant for headers',
    'Eve\r\nBcc: thief@evil.example\r\n\r\nInjected',
    'Eve Bcc: thief@evil.example Injected',
  ],
  ['the beginning of a formula', '=HYPERLINK("http://evil.example")', '=HYPERLINK("http://evil.example")'],
  [
    'separators of addresses',
    'Zed, <zed@evil.example>; Group: a@b.example;',
    'Zed, <zed@evil.example>; Group: a@b.example;',
  ],
  ['an encoded word', '=?utf-8?q?Mallory?=', '=?utf-8?q?Mallory?='],
  ['backslashes, percents, dollars', String.raw`C:\new %s $1 \u202e`, String.raw`C:\new %s $1 \u202e`],
];
