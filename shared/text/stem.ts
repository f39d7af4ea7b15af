// Words brought to their stem, so that `running` finds `run`: Porter's algorithm for English, light rules for some neighbours. Pure.
import { fold } from './words.ts';

export const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'] as const;
export type Language = (typeof languages)[number];

/** Frequent words that hardly any other of these languages has. */
const TELLING: Readonly<Record<Language, string>> = {
  en: 'the and of to is that it you for was with have this are not but what be can we they from how does there would',
  de: 'der die das und ist nicht ich ein eine mit auf fur wir sie auch es zu den dem von wie aber noch werden haben kann',
  fr: 'le les des est une pas pour que qui dans sur avec nous vous ce cette sont mais plus je il elle ont au du et',
  es: 'el los las una que por para con no es se lo como pero mas esta este muy hay yo del y nos tiene son',
  it: 'il gli che di non per una sono con come questo della anche piu ma ho ci lo nel alla ha e si dei le',
  pt: 'o os uma que nao para com por mais mas como isso voce esta muito foi ele ela em no na do da dos e um',
  nl: 'de het een en van is niet dat op te zijn voor met ik je we maar er ook wat nog naar als hebben kan',
};

const TELLS = new Map<string, Language[]>();
for (const language of languages)
  for (const word of TELLING[language].split(' ')) TELLS.set(word, [...(TELLS.get(word) ?? []), language]);

/** One of the most frequent words of these languages. */
export const isFrequent = (word: string): boolean => TELLS.has(word);

/** By its frequent words; English where nothing tells. */
export function languageOf(words: readonly { readonly word: string }[]): Language {
  const votes = new Map<Language, number>();
  const looked = Math.min(words.length, 200);
  for (let i = 0; i < looked; i++) {
    const tells = TELLS.get((words[i] as { word: string }).word);
    if (!tells) continue;
    for (const language of tells) votes.set(language, (votes.get(language) ?? 0) + 1 / tells.length);
  }
  let best: Language = 'en';
  for (const [language, count] of votes) if (count > (votes.get(best) ?? 0)) best = language;
  return best;
}

/** Longest first. Accents are gone by then. */
const ENDINGS: Readonly<Record<Exclude<Language, 'en'>, readonly string[]>> = {
  de: [
    'ungen',
    'erinnen',
    'heiten',
    'keiten',
    'ern',
    'ung',
    'est',
    'em',
    'en',
    'er',
    'es',
    'st',
    'e',
    'n',
    's',
    't',
  ],
  fr: [
    'issements',
    'issement',
    'ements',
    'ement',
    'ations',
    'ation',
    'eraient',
    'aient',
    'erons',
    'eront',
    'ions',
    'ion',
    'ives',
    'euses',
    'euse',
    'eurs',
    'eur',
    'ons',
    'ent',
    'ait',
    'ais',
    'ees',
    'ere',
    'es',
    'ee',
    'er',
    'ez',
    'ir',
    're',
    'is',
    'it',
    'e',
    's',
    'x',
  ],
  es: [
    'aciones',
    'amientos',
    'amiento',
    'imiento',
    'acion',
    'iendo',
    'ando',
    'aban',
    'adas',
    'ados',
    'idos',
    'idas',
    'aron',
    'ieron',
    'amos',
    'emos',
    'imos',
    'ada',
    'ado',
    'ido',
    'ida',
    'aba',
    'ar',
    'er',
    'ir',
    'an',
    'en',
    'as',
    'es',
    'os',
    'a',
    'e',
    'o',
    's',
  ],
  it: [
    'azioni',
    'azione',
    'amenti',
    'amento',
    'avano',
    'ando',
    'endo',
    'iamo',
    'ati',
    'ato',
    'ata',
    'ate',
    'uto',
    'ito',
    'are',
    'ere',
    'ire',
    'ono',
    'ano',
    'a',
    'e',
    'i',
    'o',
  ],
  pt: [
    'amentos',
    'amento',
    'acoes',
    'acao',
    'ando',
    'endo',
    'indo',
    'avam',
    'ados',
    'adas',
    'aram',
    'amos',
    'ada',
    'ado',
    'ido',
    'ida',
    'oes',
    'ar',
    'er',
    'ir',
    'am',
    'em',
    'as',
    'es',
    'os',
    'a',
    'e',
    'o',
    's',
  ],
  nl: ['heden', 'ingen', 'ing', 'en', 'er', 'es', 'je', 'e', 's', 't'],
};
const LEAST = 4;

/** @param word folded (fold() of words.ts) */
export function stem(word: string, language: Language): string {
  if (word.length < LEAST || !/^[a-z]+$/.test(word)) return word;
  if (language === 'en') return porter(word);
  const ending = ENDINGS[language].find(
    one => word.endsWith(one) && word.length - one.length >= (one.length > 1 ? LEAST - 1 : LEAST),
  );
  const rest = ending ? word.slice(0, -ending.length) : word;
  return rest.replace(/(.)\1$/, '$1');
}

/** Its stem in every language, since nobody says in which one they ask. */
export const stems = (word: string): string[] => [...new Set(languages.map(one => stem(fold(word), one)))];

const V = '[aeiouy]';
const C = '[^aeiou][^aeiouy]*';
const measure = (least: number) => new RegExp(`^(?:${C})?(?:${V}[aeiou]*${C}){${least},}`);
const M1 = measure(1);
const M2 = measure(2);
const HAS_VOWEL = new RegExp(`^(?:${C})?${V}`);
const SHORT = /^[^aeiou]*[^aeiou][aeiouy][^aeiouwxy]$/;

const STEP2: readonly [string, string][] = [
  ['ational', 'ate'],
  ['ization', 'ize'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['tional', 'tion'],
  ['biliti', 'ble'],
  ['entli', 'ent'],
  ['ousli', 'ous'],
  ['ation', 'ate'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['ator', 'ate'],
  ['logi', 'log'],
  ['bli', 'ble'],
  ['eli', 'e'],
];
const STEP3: readonly [string, string][] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ness', ''],
  ['ful', ''],
];
const STEP4 = [
  'ement',
  'ance',
  'ence',
  'able',
  'ible',
  'ment',
  'ant',
  'ent',
  'ism',
  'ate',
  'iti',
  'ous',
  'ive',
  'ize',
  'al',
  'er',
  'ic',
  'ou',
];

/** M. F. Porter, "An algorithm for suffix stripping", 1980. */
function porter(word: string): string {
  let w = word.replace(/^y/, 'Y');
  w = w.replace(/(ss|i)es$/, '$1').replace(/([^s])s$/, '$1');
  const eed = /^(.+?)eed$/.exec(w)?.[1];
  const past = /^(.+?)(ed|ing)$/.exec(w)?.[1];
  if (eed !== undefined) {
    if (M1.test(eed)) w = `${eed}ee`;
  } else if (past !== undefined && HAS_VOWEL.test(past)) {
    w = past;
    if (/(at|bl|iz)$/.test(w)) w += 'e';
    else if (/([^aeiouylsz])\1$/.test(w)) w = w.slice(0, -1);
    else if (SHORT.test(w)) w += 'e';
  }
  if (/y$/.test(w) && HAS_VOWEL.test(w.slice(0, -1))) w = `${w.slice(0, -1)}i`;
  w = replaceEnd(w, STEP2);
  w = replaceEnd(w, STEP3);
  const ending = STEP4.find(one => w.endsWith(one)) ?? (/[st]ion$/.test(w) ? 'ion' : undefined);
  if (ending && M2.test(w.slice(0, -ending.length))) w = w.slice(0, -ending.length);
  if (w.endsWith('e')) {
    const rest = w.slice(0, -1);
    if (M2.test(rest) || (M1.test(rest) && !SHORT.test(rest))) w = rest;
  }
  if (w.endsWith('ll') && M2.test(w)) w = w.slice(0, -1);
  return w.toLowerCase();
}

function replaceEnd(word: string, rules: readonly [string, string][]): string {
  const rule = rules.find(([ending]) => word.endsWith(ending));
  if (!rule) return word;
  const rest = word.slice(0, -rule[0].length);
  return M1.test(rest) ? rest + rule[1] : word;
}
