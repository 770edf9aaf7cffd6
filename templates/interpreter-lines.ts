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

interface Sentences {
  /** That this is an important letter about the child's attendance. */
  readonly important: string;
  /** The same for a note at a door, which says nothing of a child. */
  readonly discreet: string;
  readonly call: string;
}

const SENTENCES: Readonly<Record<string, Sentences>> = {
  en: {
    important: 'This is an important letter about a child’s school attendance.',
    discreet: 'This is an important letter.',
    call: 'For a free interpreter, call {phone}.',
  },
  es: {
    important: 'Esta es una carta importante sobre la asistencia escolar de su hijo o hija.',
    discreet: 'Esta es una carta importante.',
    call: 'Para un intérprete gratuito, llame al {phone}.',
  },
  pl: {
    important: 'To jest ważny list dotyczący obecności dziecka w szkole.',
    discreet: 'To jest ważny list.',
    call: 'Aby uzyskać bezpłatną pomoc tłumacza, prosimy zadzwonić pod numer {phone}.',
  },
  zh: {
    important: '这是一封关于您孩子出勤情况的重要信件。',
    discreet: '这是一封重要信件。',
    call: '如需免费口译服务，请致电 {phone}。',
  },
  ar: {
    important: 'هذه رسالة مهمة حول حضور طفلكم في المدرسة.',
    discreet: 'هذه رسالة مهمة.',
    call: 'للحصول على مترجم شفوي مجاني، يرجى الاتصال بالرقم: {phone}',
  },
  vi: {
    important: 'Đây là thư quan trọng về việc đi học của con quý vị.',
    discreet: 'Đây là thư quan trọng.',
    call: 'Để được thông dịch viên miễn phí, xin gọi số {phone}.',
  },
  tl: {
    important: 'Mahalagang liham ito tungkol sa pagpasok ng inyong anak sa paaralan.',
    discreet: 'Mahalagang liham ito.',
    call: 'Para sa libreng interpreter, tumawag sa {phone}.',
  },
  ru: {
    important: 'Это важное письмо о посещении школы вашим ребёнком.',
    discreet: 'Это важное письмо.',
    call: 'Чтобы получить бесплатную помощь переводчика, позвоните по номеру {phone}.',
  },
  uk: {
    important: 'Це важливий лист про відвідування школи вашою дитиною.',
    discreet: 'Це важливий лист.',
    call: 'Щоб отримати безкоштовну допомогу перекладача, зателефонуйте за номером {phone}.',
  },
  fr: {
    important: 'Cette lettre importante concerne l’assiduité scolaire de votre enfant.',
    discreet: 'Cette lettre est importante.',
    call: 'Pour un interprète gratuit, appelez le {phone}.',
  },
};

const RIGHT_TO_LEFT = new Set(['ar']);

/** Languages that have a sentence of their own. */
export const INTERPRETER_LANGUAGES: readonly string[] = Object.keys(SENTENCES);

/**
 * The lines that stand at the head of a letter: the reader's language, then English for whoever helps with it.
 * A reader's language without a sentence gets all of them: a neighbour may know one.
 */
export function interpreterLines(
  readerLanguage: string,
  phone: string,
  how: 'important' | 'discreet' = 'important',
): InterpreterLine[] {
  const own = readerLanguage.toLowerCase().split('-')[0] ?? '';
  const chosen = own in SENTENCES && own !== 'en' ? [own, 'en'] : INTERPRETER_LANGUAGES;
  return chosen.map((language) => {
    const direction = RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
    const number = direction === 'rtl' ? `${LEFT_TO_RIGHT_ISOLATE}${phone}${END_OF_ISOLATE}` : phone;
    const sentences = SENTENCES[language]!;
    // Chinese is written without blanks between its sentences.
    const between = language === 'zh' ? '' : ' ';
    const text = `${sentences[how]}${between}${sentences.call}`;
    return { language, direction, text: text.replace('{phone}', () => number) };
  });
}
