// How somebody's status is put into words, with times by the reader's own clock.
import type { Presence } from '../../js/index.ts';
import { timeWords } from './dates.ts';

/** The hub says "In a meeting until 15:30" by its clock, and beside it the moment itself. */
export const statusText = ({ text, until }: Presence): string | undefined =>
  until === undefined ? text : text?.replace(/ until (\w{3,4},? )?\d\d:\d\d$/, ` until ${timeWords(until)}`);
