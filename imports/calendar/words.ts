/**
 * The words by which a calendar says whether there is school. They are defaults: an office replaces them with
 * `--closed` and `--open`. All are matched against lower-case text (see {@link plainText}).
 *
 * The order of trust: words about school itself ("no school", "early dismissal"), then the file's own type for the
 * event, then the name of a holiday, break or staff day. What none of them decides is asked of a person.
 */

/** Lower case, straight quotes and hyphens, `startDate` as `start date`. */
export function plainText(text: string): string {
  const words = /^[a-z]+[A-Z][A-Za-z]*$/.test(text) ? text.replace(/([a-z])([A-Z])/g, '$1 $2') : text;
  return words
    .toLowerCase()
    .replace(/[\u2018\u2019\u00b4`]/g, "'")
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim();
}

/** A type or category as words: `school_break` and `Non-Attendance Days` as people would say them. */
export function plainLabel(label: string): string {
  return plainText(label.replace(/([a-z])([A-Z])/g, '$1 $2'))
    .replace(/[^a-z0-9&/ ]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const any = (...parts: readonly string[]): RegExp => new RegExp(parts.map((p) => `(?:${p})`).join('|'));

/** Says outright that there is no school. "No school nurse" and "no school board meeting" do not. */
export const NO_SCHOOL = any(
  String.raw`\bno[- ]school\b(?![- ](?:nurses?|bus(?:es|ing)?|lunch(?:es)?|board|uniforms?|stores?|pictures?|photos?|library|fees?|suppl(?:y|ies)|spirit|dances?|counselors?|meals?|breakfasts?|transportation|meetings?|zones?|phones?|id\b|newspaper|tours?))`,
  String.raw`\bno (?:(?:regular|regularly scheduled|in-person) )?class(?:es)?\b(?! (?:rank|rings?|pictures?|parties|photos?|fees?|dues|meetings?))`,
  String.raw`\bno students?\b(?=\s*(?:$|[^\w\s]|attendance|in attendance|days?\b|report|present|at school|today))`,
  String.raw`\bno (?:student )?attendance\b`,
  String.raw`\bnon[- ]?(?:student|attendance|school|instructional|class|pupil|contact)(?:[- ](?:attendance|contact))?[- ]?days?\b`,
  String.raw`\bnon[- ]?attendance\b`,
  String.raw`\bnot a (?:school|student|attendance) day\b`,
  String.raw`\bschools?\b(?! (?:district )?(?:offices?|librar|stores?|pool|gym|track))[^.;,()]{0,30}\bclosed\b(?! (?:early|at\b|@|campus))`,
  String.raw`\bclosed for (?:all )?(?:students|the day|weather|snow|holiday)`,
  String.raw`\bschool[- ]holiday\b|\bstudent[- ]holiday\b|\blegal school holiday\b`,
  String.raw`\bstudents? (?:have the |has the )?day off\b|\bstudents? off\b|\b(?:day )?off for students\b|\bday off from school\b`,
  String.raw`\bno (?:student )?instruction\b|\bschools? (?:is |are )?not in session\b|\bclasses (?:are )?not in session\b`,
  String.raw`\b(?:school|classes|school day) (?:is |are |was |were )?cancell?ed\b|\bschools?'? (?:is )?out\b(?! (?:at\b|early|@))`,
  String.raw`\b(?:students?|pupils?) (?:are |is |do |will )?not (?:in (?:attendance|session|school)|attend|report)\b`,
  String.raw`\bno hay (?:clases|escuela)\b`,
);

/** "No school PM", "no classes after 11:30": part of a day. */
export const NO_SCHOOL_PART_OF_DAY =
  /\bno (?:school|class(?:es)?)\b,? ?\(?(?:in the |this )?(?:(?:p\.?m\.?|a\.?m\.?|afternoon|morning)(?!\w)|after (?:\d|noon))/;

/** A type, kind or category column that closes by itself. */
export const CLOSING_LABEL =
  /^(?:(?:school |student |public |federal |state |legal )?holidays?|school breaks?|breaks?|closed|no school(?: days?)?|non (?:attendance|student|school|instructional|class)(?: days?)?|(?:school |emergency |weather )?closures?|school closed|vacations?|recess|days? off|off days?|weather days?|snow days?|strike|teacher only days?|institute days?|teacher institute|not in session)$/;

/** A type that says there is school. */
export const OPENING_LABEL =
  /^(?:e ?learning(?: days?)?|remote learning(?: days?)?|late (?:arrival|start)s?|early (?:dismissal|release)s?|half days?|delayed (?:opening|start)|school resumes?|school days?|instructional days?|student late arrival early dismissal|student late arrival\/early dismissal|in session|attendance days?|shortened days?)$/;

/** A type that says nothing definite: Chicago's `irregular` days are without classes some years and with them others. */
export const VAGUE_LABEL = /^(?:irregular|other|special(?: days?)?|emergency days?)$/;

export const FIRST_LABEL =
  /^(?:school start|start date|first day(?: of school)?|first student day|school begins|school year start)$/;
export const LAST_LABEL =
  /^(?:school end|end date|last day(?: of school)?|last student day|school ends|school year end)$/;
export const MAKE_UP_LABEL = /^make ?up days?$/;

/** Attendance is taken although the day is not an ordinary one. E-learning in place of an emergency day is attendance. */
export const REMOTE_LEARNING = any(
  String.raw`\be[- ]?learning\b`,
  String.raw`\b(?:remote|virtual|distance|online|asynchronous|synchronous|blended|digital)[- ](?:learning|instruction|school|attendance|e-?learning|day)\b`,
);

export const SCHOOL_HELD = any(
  String.raw`\bearly[- ](?:dismissals?|release|out|closing)\b|\bdismiss(?:al|als|ed)\b`,
  String.raw`\bhalf[- ]?days?\b|\bhalf[- ]day\b|\b1/2[- ]days?\b|\bshortened (?:day|schedule)|\bminimum day\b|\babbreviated day\b`,
  String.raw`\blate[- ](?:start|arrival|opening)s?\b|\bdelayed (?:opening|start)\b|\bdelay(?:ed)? \d|\b(?:one|two|three|\d)[- ]?h(?:ou)?r (?:delay|late)`,
  String.raw`\bclos(?:e|es|ed|ing) (?:early|at (?:noon|\d)|@)`,
  String.raw`\b(?:school|classes) (?:is |are |will be )?in session\b|\b(?:school|classes|instruction) (?:resumes?|reconvenes?)\b`,
  String.raw`\bstudents? (?:return|attend|report|back)\b|\bfull (?:school day|day (?:of (?:school|classes|student attendance|attendance)|for (?:all )?students))\b|\bfirst full day\b|\breturn to school\b|\bregular (?:school )?day\b|\bday of attendance\b`,
  String.raw`(?<!non[- ]|no |not a |non[- ]?student |no student )\b(?:student )?attendance day\b`,
  String.raw`\b(?:start|beginning|first day) of (?:the )?(?:second|third|fourth|2nd|3rd|4th|spring) (?:semester|quarter|trimester|term)\b`,
);

/** Closed for weather or another emergency. */
export const EMERGENCY = any(
  String.raw`\b(?:snow|ice|cold|winter storm|storm|hurricane|flood|smoke|heat|calamity|weather|cold weather|severe weather|inclement weather) (?:emergency )?days?\b`,
  String.raw`\bemergency (?:day|clos\w+|school clos\w+)(?: was)? (?:used|taken)\b|\bemergency (?:school )?clos(?:ure|ing)\b|\bweather (?:related )?clos(?:ure|ing)\b`,
  String.raw`\b(?:teacher |teachers' )?(?:strike|work stoppage)\b|\bshutdown\b|\bacts? of god\b`,
);

/** Held in reserve: nobody knows yet whether it will be used. */
export const TENTATIVE =
  /\bif (?:needed|necessary|required|used)\b|\bpossible\b|\bpotential\b|\bproposed\b|\bas needed\b|\bmay be used\b/;
export const EMERGENCY_DAY = /\bemergency days?\b/;

export const MAKE_UP = any(
  String.raw`\b(?:snow|weather|emergency|calamity|school|student|attendance|inclement)\b.{0,20}\bmake[- ]?ups?\b`,
  String.raw`\bmake[- ]?up (?:school |snow |attendance )?days?\b`,
);
export const OTHER_MAKE_UP =
  /\b(?:picture|photo|test|testing|exam|exams|vision|hearing|assessment|quiz|iready|map|game|match)\b/;

/** Kept everywhere: there is no school on them in any district. */
export const SURE_HOLIDAY = any(
  String.raw`\blabor day\b|\bthanksgiving(?: day| holiday| friday)?\b|\bday after thanksgiving\b|\bchristmas(?: day| eve)?\b|\bnew year'?s?'?(?: day| eve)?\b`,
  String.raw`\bm\.?l\.?k\.?\b|\bmartin luther\.? king\b|\bdr\.? king\b|\bpresident'?s'? day\b|\bwashington'?s birthday\b`,
  String.raw`\bmemorial day\b|\bjuneteenth\b|\bindependence day\b|\b(?:fourth|4th) of july\b`,
);

/** Some districts hold school on them (Illinois lets boards waive them). */
export const DOUBTFUL_HOLIDAY = any(
  String.raw`\bcolumbus day\b|\bindigenous peoples?'?s?'? day\b|\bvet(?:eran)?'?s?'? day\b|\blincoln'?s birthday\b|\b(?:casimir )?pulaski(?: day)?\b|\bgood friday\b|\beaster monday\b|\bpatriots'? day\b|\bcesar chavez day\b`,
  String.raw`\bholidays?\b`,
);

/** Observed by families; a school is closed on them only where it says so. */
export const OBSERVANCE =
  /\b(?:rosh hashanah?|yom kippur|eid(?: al[- ](?:fitr|adha))?|diwali|lunar new year|chinese new year|orthodox (?:easter|christmas|good friday)|election day|primary election)\b/;

export const BREAK = any(
  String.raw`\b(?:fall|autumn|winter|spring|summer|mid-?winter|mid-?year|thanksgiving|holiday|christmas|easter|february|october|april|december|president'?s'? day|semester) (?:break|recess|vacation|holidays?|intersession)\b`,
  String.raw`^(?:school )?(?:break|recess|vacation|intersession)(?: day)?$|\bvacation day\b|\bintersession\b|^closed$|\b(?:district|campus|buildings?)\b(?! (?:administrative )?offices?)[^.;,()]{0,20}\bclosed\b(?! (?:early|at\b|@))`,
);

/** Staff work while pupils are at home: no student attendance, unless half-day words say otherwise. */
export const STAFF_DAY = any(
  String.raw`(?<!parent )\binstitutes? days?\b|\b(?:teachers?'?|staff|county|district|faculty|full[- ]day) institutes?\b|^institutes?\b(?! (?:for|of)\b)`,
  String.raw`\bin-?\s?service\b`,
  String.raw`\b(?:professional|staff|faculty) (?:development|learning|growth)(?: day)?\b|\bp\.?d\.? day\b|\bpl day\b|\bpdd?$`,
  String.raw`\b(?:teachers?'?|staff|faculty) (?:work ?days?|work day|planning|prep(?:aration)?|records?|conference|comp(?:ensatory)?|only|convention|workshop|in-?service|training|day)\b|\b(?:work ?day|records? day|planning day|grading day|comp day|teacher convention)\b`,
);

/** In Illinois often a half day, in Chicago a day without pupils: the name alone does not say. */
export const IMPROVEMENT_DAY =
  /\bschool impro?v?e?ment (?:days?|planning)|\bs\.?i\.?p\.? day\b|\bimprovement days?\b/;

export const CONFERENCES = /\bconferences?\b/;
export const EVENING = /\bevening\b|\bnight\b|\bafter school\b|\bafter dismissal\b/;

/** What happens at a holiday or break without closing anything. */
export const HAPPENING =
  /\b(?:concerts?|assembl(?:y|ies)|programs?|breakfasts?|lunch(?:eon)?s?|dinners?|feasts?|parades?|part(?:y|ies)|camps?|dances?|fairs?|fest(?:ival)?s?|fundrais\w*|drives?|sales?|tournaments?|games?|match|meets?|practices?|shows?|performances?|plays?|recitals?|nights?|meetings?|clinics?|trips?|bazaars?|markets?|sing-?alongs?|ceremon(?:y|ies)|celebrations?|spirit|dress|pajamas?|potluck|registration|open house|photos?|pictures?|deadline|forms?|conditioning|workouts?|try-?outs?|homework|packets?|reading|challenge|clubs?|hours|shop|happy|carnival|movie|care|webinar|auditions?|rehearsals?|scholarship|applications?|heritage|appreciation|5k|run|walk|due|choir|band|orchestra|art)\b/;

/** Near a holiday, not the holiday itself. */
export const NEARBY =
  /\b(?:day|week|night|evening|friday) (?:before|prior)\b|\bbefore\b|\bprior to\b|\bafter (?!thanksgiving)|\breturn(?:s|ing)?\b|\bback from\b|\bwelcome back\b|\bend of (?:the )?day\b/;
export const BEGINS_OR_ENDS =
  /\b(?:begins?|starts?|ends?|over)\b|\b(?:begin|start|end) of\b|\b(?:first|last) day of\b/;

export const FIRST_DAY = any(
  String.raw`\b(?:first|1st) (?:\w+ )?(?:day|doy) (?:of|for) (?:the |all )?(?:\d{4}\S* )?(?:school|classes|class|instruction|students?|student attendance|attendance)\b`,
  String.raw`\bfirst day of (?:the )?(?:first|1st|fall) (?:semester|quarter|trimester|term)\b`,
  String.raw`^(?:student'?s?'? )?first (?:student )?day(?: ?[-(:].*)?$|\bstudents?'? first day\b|\bfirst (?:student|attendance) day\b|\bopening day (?:of school|for (?:all )?students)\b`,
  String.raw`\b(?:school|classes)(?: year)? (?:begins?|starts?|opens?)\b(?! (?:at|late|with|@|after|\d{1,2}(?::\d| ?h| ?min| ?[ap]\.?m)))`,
  String.raw`^start date$|\bstart of (?:the )?school(?: year)?\b(?! day)`,
);

export const LAST_DAY = any(
  String.raw`\b(?:last|final) (?:\w+ )?day (?:of|for) (?:the |all )?(?:\d{4}\S* )?(?:school|classes|class|instruction|students?|student attendance|attendance)\b`,
  String.raw`\blast day of (?:the )?(?:second|2nd|spring) (?:semester|term)\b`,
  String.raw`^last (?:student )?day(?: ?[-(:].*)?$|\bstudents?'? last day\b|\blast (?:student|attendance) day\b`,
  String.raw`\b(?:school|classes)(?: year)? ends?\b(?! (?:at|early|@|\d))`,
  String.raw`^end date$|\bend of (?:the )?school year\b`,
);

/** A first or last day of something else: of staff, a sport, a term within the year, before or after a break. */
export const NOT_THE_YEARS =
  /\b(?:staff|teachers?|faculty|employees?|practice|season|sports?|try-?outs?|summer|camp|lunch|books?|preschool|pre-?k(?:indergarten)?|early childhood|semester 2|semester two|back)\b/;
export const OF_A_BREAK =
  /\b(?:before|prior to|after|following|from) (?:\w+ )?(?:\w+ )?(?:break|recess|vacation|holidays?|thanksgiving|christmas)\b/;
export const LATER_TERM_FIRST =
  /\b(?:second|2nd|third|3rd|fourth|4th|spring|winter) (?:semester|quarter|trimester|term)\b/;
export const EARLIER_TERM_LAST =
  /\b(?:first|1st|third|3rd|fall|winter|second quarter|2nd quarter)(?: (?:semester|quarter|trimester|term))?\b/;
/** A last day that only holds if emergency days have been used. */
export const IF_EMERGENCY_DAYS =
  /\b(?:if|with|including|plus|when)\b(?! no\b)[^.]{0,30}\b(?:emergency|snow|make-?up)\b(?!.*\b(?:not|aren't|unused)\b)|\bemergency days used\b/;

/** Some pupils only; "K-12" and "all grades" are all of them. */
export const SOME_GRADES =
  /\b(?:seniors?|juniors?|sophomores?|freshm[ae]n|kindergart(?:en|ners?|eners?)|preschool|pre-?k(?:indergarten)?(?! ?- ?12)|early childhood|elementary|elem\b|middle school|jr\.? high|junior high|high school|es|hs|grades? (?:k|\d)[\w-]*|\d{1,2}(?:st|nd|rd|th)[ -]grade\w*|k ?- ?(?:[1-9]|10|11)|(?:[1-9]|1[0-2]) ?- ?(?:[1-9]|1[0-2]) only)\b/;
export const ALL_GRADES =
  /\b(?:p?k|pre-?k|ec|ece|grades? k|grades? pk) ?(?:-|to|through) ?12\b|\ball (?:grades|students|schools|pupils)\b/;

/** Days of a cycle, in calendars that name each school day. */
export const CYCLE_DAY =
  /^(?:[a-h]|[1-9]|10|blue|gold|red|white|green|black|silver|purple|orange|odd|even|maroon)[ -]?day\b|^day[ -]?(?:[a-h]|[1-9]|10)\b(?! of (?:state|testing))|^cycle day \w+|^(?:school|instructional) day$/;

/** A clock range in words, `(4:30 PM - 8:00 PM)`: the hour it starts at, 0–23. */
export function startHourInWords(text: string): number | undefined {
  const match =
    /\b(\d{1,2})(?::\d{2})? ?([ap])?\.?m?\.? ?(?:-|to|until) ?\d{1,2}(?::\d{2})? ?([ap])\.?m/.exec(text);
  if (!match) return undefined;
  const half = match[2] ?? match[3];
  const hour = Number(match[1]) % 12;
  return half === 'p' ? hour + 12 : hour;
}
