/**
 * What a reader without a translated letter is told, in the reader's own language.
 * Each sentence says the same two things: this letter is important, and where a free interpreter is had.
 * `{phone}` stands for the number. New or changed sentences need a translator's yes before an office uses them,
 * and `templates/fonts/README.md` says how the print fonts follow.
 */
export interface InterpreterLine {
  /** BCP 47. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly text: string;
}

/**
 * The hyphens of a number would be reordered inside Arabic text: the isolates keep it readable left to right.
 */
const LEFT_TO_RIGHT_ISOLATE = '\u2066';
const END_OF_ISOLATE = '\u2069';

const SENTENCES: Readonly<Record<string, string>> = {
  en: 'This is an important letter about a child’s school attendance. For a free interpreter, call {phone}.',
  es: 'Esta es una carta importante sobre la asistencia escolar de su hijo o hija. Para un intérprete gratuito, llame al {phone}.',
  pl: 'To jest ważny list dotyczący obecności dziecka w szkole. Aby uzyskać bezpłatną pomoc tłumacza, prosimy zadzwonić pod numer {phone}.',
  zh: '这是一封关于您孩子出勤情况的重要信件。如需免费口译服务，请致电 {phone}。',
  ar: 'هذه رسالة مهمة حول حضور طفلكم في المدرسة. للحصول على مترجم شفوي مجاني، يرجى الاتصال بالرقم: {phone}',
  vi: 'Đây là thư quan trọng về việc đi học của con quý vị. Để được thông dịch viên miễn phí, xin gọi số {phone}.',
  tl: 'Mahalagang liham ito tungkol sa pagpasok ng inyong anak sa paaralan. Para sa libreng interpreter, tumawag sa {phone}.',
  ru: 'Это важное письмо о посещении школы вашим ребёнком. Чтобы получить бесплатную помощь переводчика, позвоните по номеру {phone}.',
  uk: 'Це важливий лист про відвідування школи вашою дитиною. Щоб отримати безкоштовну допомогу перекладача, зателефонуйте за номером {phone}.',
  fr: 'Cette lettre importante concerne l’assiduité scolaire de votre enfant. Pour un interprète gratuit, appelez le {phone}.',
};

const RIGHT_TO_LEFT = new Set(['ar']);

/** Languages that have a sentence of their own. */
export const INTERPRETER_LANGUAGES: readonly string[] = Object.keys(SENTENCES);

/**
 * The lines that stand at the head of a letter: the reader's language, then English for whoever helps with it.
 * A reader's language without a sentence gets all of them: a neighbour may know one.
 */
export function interpreterLines(readerLanguage: string, phone: string): InterpreterLine[] {
  const own = readerLanguage.toLowerCase().split('-')[0] ?? '';
  const chosen = own in SENTENCES && own !== 'en' ? [own, 'en'] : INTERPRETER_LANGUAGES;
  return chosen.map((language) => {
    const direction = RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
    const number = direction === 'rtl' ? `${LEFT_TO_RIGHT_ISOLATE}${phone}${END_OF_ISOLATE}` : phone;
    return { language, direction, text: (SENTENCES[language] ?? '').replace('{phone}', () => number) };
  });
}
