// The process that looks into files: one task at a time, and nothing of the hub in it, neither its settings nor its connections. It may
// end at any moment, by a fault in a decoder or because it is ended; the hub takes that for an answer.
import { Worker } from 'node:worker_threads';
import { indexWords, plainOf } from '#shared/text/plain.ts';
import { INDEX_CHARS } from '../hub/ports-files.ts';
import { DOCX, PDF } from './kinds.ts';
import { PLAIN_BYTES, RSS_BYTES } from './limits.ts';
import { look, UNKNOWN } from './look.ts';
import { shrink } from './picture.ts';
import { plainText, tidy } from './plain-text.ts';
import type { Answer, Order, Outcome, Task } from './task.ts';

/** Characters of a text in which phrases are found, too. */
const BEGINNING = 8000;

let current: { task: Task; pieces: Uint8Array[] } | undefined;

process.on('message', (order: Order) => {
  if ('task' in order) current = { task: order.task, pieces: [] };
  else if ('bytes' in order) current?.pieces.push(order.bytes);
  else if (current) {
    const { task, pieces } = current;
    current = undefined;
    if ('end' in order) void answer(task, Buffer.concat(pieces));
  }
});

// It is there; what it is asked is timed from here.
process.send?.({ outcome: undefined } satisfies Answer);

async function answer(task: Task, bytes: Uint8Array): Promise<void> {
  const outcome = await carryOut(task, bytes).catch(() => (task.do === 'look' ? UNKNOWN : undefined));
  process.send?.({ outcome } satisfies Answer);
}

async function carryOut(task: Task, bytes: Uint8Array): Promise<Outcome<Task['do']>> {
  if (task.do === 'look') return look(bytes, task.size, task.name);
  if (task.do === 'preview') return shrink(bytes, task.type, task.edge);
  const text = tidy(await words(task.type, bytes));
  return text === undefined
    ? undefined
    : { text, plain: plainOf(text), words: indexWords(text, INDEX_CHARS, BEGINNING) };
}

async function words(type: string, bytes: Uint8Array): Promise<string> {
  if (type === PDF) return (await import('./pdf.ts')).pdfText(bytes);
  if (type === DOCX) return (await import('./docx.ts')).docxText(bytes);
  return plainText(bytes, bytes.length >= PLAIN_BYTES);
}

// A decoder that fails outside of any promise of ours.
process.on('uncaughtException', () => process.exit(1));
process.on('unhandledRejection', () => process.exit(1));
// A terminal's Ctrl-C goes to everything that it started; the hub ends its own.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));

// What native code holds is not bounded by the engine, and code that loops hears no message: a thread beside it watches for both.
new Worker(
  `setInterval(() => {
    if (process.memoryUsage.rss() > ${RSS_BYTES} || process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL');
  }, 50)`,
  { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } },
);
