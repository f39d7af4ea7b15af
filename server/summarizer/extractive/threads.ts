// A help channel, where many talk at once: who answered whom is found out first, then the questions with the answers that helped.
import type { Claim } from '../../hub/ports-ai.ts';
import { addressed } from './actions.ts';
import type { Talk } from './talk.ts';

/** From this share of messages on that call somebody by name, people talk across each other. */
const CROSS = 0.12;
/** Lines after which somebody who goes on has begun something else. */
const PATIENCE = 40;
const FEW = 20;

const ASKS =
  /\?|^(?:(?:hi|hello|hey)[^,]{0,20},? *)?(?:how|what|why|where|when|which|who|is there|does|do you|can (?:i|you|someone|anyone)|any(?:one|body)|has any|i (?:need|want|have a (?:problem|question)|can't|cannot|am trying)|i'm trying|help)\b|\b(?:doesn't|does not|won't|not) work|\berror\b|\bproblem\b/i;
const ADVICE =
  /\b(?:try|use|install|run|type|edit|add|remove|check|enable|disable|open|click|select|set|change|look|read|see|you (?:need|have|can|could|should|must|want)|sudo|apt-get|because|it's|there(?:'s| is)|that's|means)\b|\(link\)/i;
const THANKS =
  /\b(?:thanks?|thank you|thx|ty|cheers|that (?:worked|did it|fixed|helped)|it works|works now|working now|solved|fixed|got it)\b/i;
/** Thanks come so many lines after an answer. */
const GRATEFUL = 40;
/** An answer comes within so many lines. */
const SOON = 80;
/** Less near than this to what was asked, a question does not answer it. */
const RELEVANT = 0.4;

/** About the speaker, or thanks: no advice. */
const OWN =
  /^(?:i|i'm|i've|im|me too|same|dunno|no idea|not sure|thanks?|thx|cool|ok|okay|sorry|do not know|don't know)\b(?! (?:think you|would|'d|recommend|suggest|use))/i;

interface Message {
  readonly by: string;
  readonly text: string;
  readonly cites: string[];
  readonly to: string | undefined;
  readonly line: number;
  readonly sentences: number[];
}

/**
 * The questions and answers; undefined when the lines are no such channel.
 *
 * @param relevance how near a sentence is to what was asked, 0 to 1; missing: nothing was asked
 */
export function threads(talk: Talk, relevance?: (index: number) => number): Claim[] | undefined {
  const messages = read(talk);
  const called = messages.filter(({ to }) => to !== undefined).length;
  if (messages.length < FEW || called / messages.length < CROSS) return undefined;

  const found: { claim: Claim; score: number; line: number; words: number }[] = [];
  for (const thread of untangle(messages, talk)) {
    const asked = thread.find(
      ({ text, to }, at) =>
        (at === 0 || to === undefined) && ASKS.test(text) && size(text) >= 5 && size(text) <= 60,
    );
    if (!asked) continue;
    const after = thread.filter(
      ({ line, by }) => line > asked.line && line - asked.line < SOON && by !== asked.by,
    );
    const thanks = thread.find(
      ({ line, by, text }) => line > asked.line && by === asked.by && THANKS.test(text),
    );
    const answer = after
      .map(message => ({ message, score: helpful(message, asked, thanks, talk) }))
      .sort((a, b) => b.score - a.score || a.message.line - b.message.line)[0];
    if (!answer || answer.score < 1.5) continue;
    const { by, text: said, line } = answer.message;
    const heard = thanks && thanks.line > line && thanks.line - line < GRATEFUL ? thanks : undefined;
    const outcome = heard ? ` ${asked.by}: “${cut(heard.text, 12)}”` : '';
    const text = `${asked.by} asked: “${cut(asked.text, 30)}” ${by} answered: “${cut(said, 30)}”${outcome}`;
    const cites = [...asked.cites, ...answer.message.cites, ...(heard?.cites ?? [])];
    const best = (of: (index: number) => number) =>
      [...asked.sentences, ...answer.message.sentences].reduce((top, index) => Math.max(top, of(index)), 0);
    const near = relevance ? best(relevance) : 1;
    if (relevance && near < RELEVANT) continue;
    found.push({
      claim: { text, cites: [...new Set(cites)] },
      score:
        (relevance ? 20 * near : 0) +
        Math.log(1 + thread.length) +
        answer.score * 0.5 +
        2 * best(talk.salience) +
        (heard ? 1 : 0),
      line: asked.line,
      words: size(text),
    });
  }
  const chosen: typeof found = [];
  let used = 0;
  for (const candidate of found.sort((a, b) => b.score - a.score || a.line - b.line)) {
    if (used + candidate.words > talk.request.words && chosen.length > 0) continue;
    chosen.push(candidate);
    used += candidate.words;
  }
  return chosen.length > 0 ? chosen.sort((a, b) => a.line - b.line).map(({ claim }) => claim) : undefined;
}

/** Whole messages again: in a channel they are short, and the address stands at the beginning. */
function read(talk: Talk): Message[] {
  const people = new Map(talk.all.map(({ by }) => [by.toLowerCase(), by]));
  const messages: Message[] = [];
  for (const sentence of talk.all) {
    const last = messages.at(-1);
    if (last && last.line === sentence.line) {
      messages[messages.length - 1] = {
        ...last,
        text: `${last.text} ${sentence.text}`,
        sentences: [...last.sentences, sentence.index],
      };
      continue;
    }
    const address = addressed(sentence.text, people);
    messages.push({
      by: sentence.by,
      text: address?.rest ?? sentence.text,
      cites: [...sentence.cites],
      to: address?.name,
      line: sentence.line,
      sentences: [sentence.index],
    });
  }
  return messages;
}

function untangle(messages: readonly Message[], talk: Talk): Message[][] {
  const all: Message[][] = [];
  /** The thread that each person was last in, and at which line. */
  const last = new Map<string, { thread: Message[]; line: number }>();
  const byLine = new Map<string, Message[]>();
  for (const message of messages) {
    const replyTo = talk.all[message.sentences[0]!]!.replyTo;
    const theirs = message.to ? last.get(message.to) : undefined;
    const own = last.get(message.by);
    const goesOn = own && message.line - own.line < PATIENCE;
    let thread = replyTo === undefined ? undefined : byLine.get(replyTo);
    if (!thread && theirs && message.line - theirs.line < PATIENCE * 3) thread = theirs.thread;
    if (!thread && !message.to && goesOn) thread = own.thread;
    if (!thread) {
      thread = [];
      all.push(thread);
    }
    thread.push(message);
    last.set(message.by, { thread, line: message.line });
    for (const id of message.cites) byLine.set(id, thread);
  }
  return all.filter(thread => thread.length > 1);
}

function helpful(message: Message, asked: Message, thanks: Message | undefined, talk: Talk): number {
  const words = size(message.text);
  const about = new Set(asked.sentences.flatMap(index => talk.terms[index]!));
  const common = new Set(
    message.sentences.flatMap(index => talk.terms[index]!).filter(term => about.has(term)),
  ).size;
  return (
    (message.to === asked.by ? 0.7 : 0) +
    (ADVICE.test(message.text) ? 1 : 0) +
    Math.min(1, words / 12) -
    (words > 50 ? 0.7 : 0) -
    (message.text.includes('?') ? 1 : 0) -
    (OWN.test(message.text) ? 0.7 : 0) +
    Math.min(1, common * 0.4) +
    (thanks && message.line < thanks.line && thanks.line - message.line < 15 ? 0.5 : 0)
  );
}

const size = (text: string) => text.split(/\s+/).length;

/** A quotation of readable length, ended at a word. */
function cut(text: string, most: number): string {
  const words = text.trim().split(/\s+/);
  return words.length > most ? `${words.slice(0, most - 2).join(' ')} …` : words.join(' ');
}
