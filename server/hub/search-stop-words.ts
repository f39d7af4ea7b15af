// Words that say nothing of what is looked for: in any search, and those with which people ask.
import { stem } from '#shared/text/stem.ts';

const STOP =
  'a an the and or but if so of to in on at by for from with about into over as is are was were be been being am do does did done have has had will would can could shall should may might must i me my we us our you your he him his she her it its they them their this that these those there here what which who whom whose when where why how no yes than then too very just also any some all both each more most such only own same other';
const FILLERS =
  'summarize summarise summary discussion discussions discuss discussed describe described please tell give explain think thinks thought thoughts say said says opinion opinions talk talked talking mention mentioned briefly main general group team people participants conclusion concluded conclude decide decided decision agree agreed view views meeting know mean like okay thing things';
const REPORTING =
  'discuss talk think say mention describe explain present introduce propose suggest recommend argue believe consider prefer disagree agree oppose support ask question answer respond reply response reason opinion attitude view comment regard concern toward elaborate conclude whether during according between put forward did didnt not';

const stopWords: ReadonlySet<string> = new Set(STOP.split(' '));
const fillers: ReadonlySet<string> = new Set(FILLERS.split(' '));
const reporting: ReadonlySet<string> = new Set(REPORTING.split(' ').map(word => stem(word, 'en')));

/** @param word lower case */
export const isStopWord = (word: string): boolean => stopWords.has(word);
/** Of questions alone: elsewhere people may be looking for the word itself. */
export const isFiller = (word: string): boolean => fillers.has(word) || word.length === 1;
/** Of questions: tells how something was said rather than what, and may be what somebody looks for all the same. @param word lower case */
export const isReporting = (word: string): boolean => reporting.has(stem(word, 'en'));
