// Who is to do what: promised, asked for, or noted as a task.
import type { Claim } from '../../hub/ports-ai.ts';
import { isAgreement, isRefusal, task } from './cues.ts';
import { answers } from './decisions.ts';
import { capital, type Item, open, within } from './items.ts';
import type { Sentence } from './sentences.ts';
import type { Talk } from './talk.ts';
import { words as split } from './words.ts';

export function actions({ all, texts, salience, request, english }: Talk): Claim[] {
  const people = new Map(all.map(({ by }) => [by.toLowerCase(), by]));
  const author = new Map<string, string>();
  for (const { cites, by } of all) for (const id of cites) author.set(id, by);
  const items: Item[] = [];
  all.forEach((sentence, index) => {
    if (sentence.text.length > 300) return;
    const address = addressed(sentence.text, people);
    const found = task(address?.rest ?? texts[index]!) ?? task(texts[index]!);
    if (!found) return;
    const mention = address?.name ?? mentioned(sentence.text, people);
    const next = after(all, index);
    const replied = sentence.replyTo ? author.get(sentence.replyTo) : undefined;
    const answered = next && isAgreement(next.text) ? next.by : undefined;
    let who: string | undefined;
    if (found.who === 'speaker') who = sentence.by;
    else if (found.who === 'addressed') who = mention ?? replied ?? answered;
    else if (found.who === 'nobody') who = mention;
    else {
      who = people.get(found.who.name.toLowerCase());
      // "It will", "The button to": not a person of this conversation.
      if (!who) return;
    }
    if (found.who === 'addressed' && !who) return;
    const { agreed } = answers(all, index);
    const yes = agreed.find(({ by }) => by === who);
    if (found.who === 'addressed' && next && next.by === who && isRefusal(next.text)) return;
    const what = unnamed(open(found.text.replace(/^@\S+ /, '')), who);
    if (split(what).length < 2) return;
    const asked =
      who !== undefined && who !== sentence.by
        ? ` (${english ? 'asked by ' : '← '}${sentence.by}${yes ? (english ? '; agreed' : '; ✓') : ''})`
        : '';
    items.push({
      index,
      text: who
        ? `${who}: ${english ? lower(what) : what}${asked}.`
        : `${capital(what)} (${english ? 'noted by ' : ''}${sentence.by}).`,
      cites: [...sentence.cites, ...(yes?.cites ?? [])],
      score: found.weight + (yes ? 0.5 : 0) + salience(index),
    });
  });
  return within(items, request.words);
}

/** The next that somebody else says. */
function after(all: readonly Sentence[], index: number): Sentence | undefined {
  const { by, line } = all[index]!;
  for (let i = index + 1; i < all.length && all[i]!.line - line < 20; i++) {
    if (all[i]!.by !== by && all[i]!.line !== line) return all[i];
  }
  return undefined;
}

/** "Bob: …", "bob, …", "@bob …" at the beginning of a message, if Bob is one of those who talk. */
export function addressed(
  text: string,
  people: ReadonlyMap<string, string>,
): { name: string; rest: string } | undefined {
  const match = /^@?([\p{L}\p{N}_.|^`-]{1,40}(?: [\p{L}]{1,30})?)(?:[,:;>]+ *|(?<=^@\S+) +)(?=\S)/u.exec(
    text,
  );
  const name =
    match && (people.get(match[1]!.toLowerCase()) ?? (text.startsWith('@') ? match[1] : undefined));
  return match && name ? { name, rest: text.slice(match[0].length) } : undefined;
}

function mentioned(text: string, people: ReadonlyMap<string, string>): string | undefined {
  const at = /@([\p{L}\p{N}_.-]{1,40})/u.exec(text)?.[1]?.replace(/[.-]+$/, '');
  if (at) return people.get(at.toLowerCase()) ?? at;
  // "Can you look at it, Bob?"
  const last = /, *([\p{L}\p{N}_-]{2,30})[?.!]*$/u.exec(text)?.[1];
  return last && people.get(last.toLowerCase());
}

/** "Open an issue, Cara" is for Cara, who stands before it already. */
const unnamed = (text: string, who: string | undefined) =>
  who && text.toLowerCase().endsWith(`, ${who.toLowerCase()}`) ? text.slice(0, -who.length - 2) : text;

const lower = (text: string) => (/^\p{Lu}\p{Ll}/u.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text);
