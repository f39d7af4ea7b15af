// Words of any language, and which of them carry meaning.
import {
  dan,
  deu,
  eng,
  fin,
  fra,
  ita,
  jpn,
  kor,
  nld,
  nob,
  pol,
  por,
  rus,
  spa,
  swe,
  tur,
  ukr,
  zho,
} from 'stopword';
import { isUnspaced } from './text.ts';

/** ISO 639-3. */
export type Language = keyof typeof LISTS;

const LISTS = { eng, deu, fra, spa, ita, por, nld, swe, dan, nob, fin, pol, tur, rus, ukr, zho, jpn, kor };

export interface Vocabulary {
  /** The one most of the text is in; undefined when it is none that we know. */
  readonly language: Language | undefined;
  /** Words that carry meaning, in lower case and one form for singular and plural, in their order. */
  terms(text: string): string[];
  /** Whether a word in lower case says nothing about what is talked about. */
  isCommon(word: string): boolean;
}

const LANGUAGES = Object.keys(LISTS) as Language[];
/** Words looked at to tell the language. */
const SAMPLE = 5_000;
/** Of these, so many must be in a language's list. */
const FAMILIAR = 0.12;
const WORD = /[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’_-]*/gu;

/** What people say a lot when they talk, and lists made from books do not have. */
const SPOKEN = new Set(
  `yeah yes yep yup no nope nah ok okay oh ah uh um er erm hmm hm mm mhm huh wow hey hi hello bye well so like just really actually basically
  kind sort bit lot lots thing things stuff something anything everything nothing someone anyone everyone somebody anybody everybody one ones
  know think thought mean guess suppose say says said saying tell told talk talking going gonna go goes went gone want wanna wants wanted
  need needs get gets getting got gotta put puts see saw seen look looks looking let lets make makes made making take takes took taken taking
  thanks thank please sorry right alright sure maybe perhaps probably quite pretty very much many more most less few little big good great
  nice fine bad better best cool okay not don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't cannot couldn't shouldn't
  i'm i've i'll i'd you're you've you'll you'd he's she's it's we're we've we'll we'd they're they've they'll they'd that's there's here's
  what's who's where's how's let's 'cause 'em im ive dont doesnt didnt isnt cant wont thats its whats youre u ur r lol haha hehe btw
  would could should shall will may might must can do does did done doing be been being am is are was were have has had having
  then than there here now today also still even though although because cause however again already yet always never ever anyway
  up down out off over back away around about into onto from with without for of to in on at by as if or and but nor an the a this that these those
  i me my mine myself you your yours yourself he him his she her hers it we us our ours ourselves they them their theirs
  who whom whose which what when where why how first second third last next two three four five way ways time times point part
  people person guy guys man try tries trying tried use used using work works working come comes came coming start keep give gives gave given
  happen happens happened ask asked question mr mrs ms dr member members thousand hundred able whole different same other another every each both
  wa ha doe`.split(/\s+/),
);

export function createVocabulary(texts: Iterable<string>): Vocabulary {
  const language = detect(texts);
  const common = new Set(
    language === undefined ? LANGUAGES.flatMap(name => [...LISTS[name]]) : LISTS[language],
  );
  const isCommon = (word: string) =>
    common.has(word) || (language !== undefined && language !== 'eng' ? false : SPOKEN.has(word));
  return {
    language,
    isCommon,
    terms(text) {
      const found: string[] = [];
      for (const word of words(text)) {
        if (isCommon(word)) continue;
        const form = language === 'eng' || language === undefined ? singular(word) : word;
        if ((form.length > 2 || isUnspaced(form) || /\d{2}/.test(form)) && !isCommon(form)) found.push(form);
      }
      return found;
    },
  };
}

/** In lower case, in their order. */
export function words(text: string): string[] {
  if (!isUnspaced(text)) return (text.toLowerCase().match(WORD) ?? []).map(trimmed);
  const found: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(
    text,
  )) {
    if (isWordLike) found.push(segment.toLowerCase());
  }
  return found;
}

const trimmed = (word: string) => word.replace('’', "'").replace(/['_-]+$/, '');

function singular(word: string): string {
  const bare = word.replace(/'s$/, '');
  if (bare.length < 4 || !bare.endsWith('s') || /(?:ss|us|is)$/.test(bare)) return bare;
  if (bare.endsWith('ies') && bare.length > 4) return `${bare.slice(0, -3)}y`;
  return /(?:sh|ch|x|z|ss)es$/.test(bare) ? bare.slice(0, -2) : bare.slice(0, -1);
}

function detect(texts: Iterable<string>): Language | undefined {
  const sample: string[] = [];
  for (const text of texts) {
    sample.push(...words(text));
    if (sample.length >= SAMPLE) break;
  }
  let best: Language | undefined;
  let most = FAMILIAR * sample.length;
  for (const language of LANGUAGES) {
    const list = new Set(LISTS[language]);
    // Long lists hold words of meaning too, and would win over short ones by their length alone.
    const familiar = sample.filter(word => list.has(word)).length / (1 + list.size / 1_000);
    if (familiar > most) [best, most] = [language, familiar];
  }
  return best;
}
