// Writes messages into one index, many at a time, and reads what became of each: `bulk()` never fails for single documents.
import { setImmediate } from 'node:timers/promises';
import type { Client, estypes } from '@elastic/elasticsearch';
import { languageOf, stem } from '#shared/text/stem.ts';
import { wordsOf } from '#shared/text/words.ts';
import type { Log } from '../../hub/ports.ts';
import type { Change } from '../../hub/ports-indexing.ts';
import type { Connection } from './connection.ts';
import { writeAlias } from './indices.ts';
import type { Document } from './schema.ts';
import { ElasticTrouble } from './trouble.ts';

export interface Tally {
  /** Documents written, and those that were there already, as new or newer. */
  indexed: number;
  /** Tried again, since Elasticsearch was asked too much. */
  retried: number;
  /** Can never go in, and were left out. */
  dead: number;
}

export interface BulkPace {
  /** Of one request. */
  readonly documents: number;
  readonly bytes: number;
  /** Milliseconds before refused documents are tried again: the first time, and at most. */
  readonly least: number;
  readonly most: number;
  /** Tries of one document, before the whole pass is given up and repeated later. */
  readonly tries: number;
}

export const PACE: BulkPace = { documents: 400, bytes: 4 * 2 ** 20, least: 100, most: 5000, tries: 6 };

interface Item {
  readonly id: string;
  /** What is to be done, and with what, as they are sent. */
  readonly lines: readonly string[];
  readonly bytes: number;
}

type Write = (index: string, changes: readonly Change[], signal: AbortSignal) => Promise<void>;

/**
 * Resolved: every change is in the index, or can never be. What is older than what the index holds changes nothing, so the same may come
 * twice and in any order.
 * @throws ElasticTrouble when it is to be repeated as a whole; `missing` when the index is gone
 */
export function createBulk({ ask }: Connection, tally: Tally, log: Log, pace: BulkPace = PACE): Write {
  const dead = (
    index: string,
    { id }: Item,
    status: number,
    { type, reason }: Partial<estypes.ErrorCause>,
  ) => {
    tally.dead++;
    // The reason may quote the text: it stays with Elasticsearch.
    const about = reason?.replace(/ Preview of field's value:.*$/s, '').slice(0, 200);
    log.error(
      { index, document: id, status, type, reason: about },
      'a message cannot be indexed and is left out of the search',
    );
  };

  async function send(index: string, items: readonly Item[]): Promise<Item[]> {
    let answer: Awaited<ReturnType<Client['bulk']>>;
    try {
      answer = await ask(client =>
        client.bulk({
          index: writeAlias(index),
          require_alias: true,
          operations: items.flatMap(({ lines }) => lines) as never,
        }),
      );
    } catch (error) {
      if (!(error instanceof ElasticTrouble && error.tooLarge)) throw error;
      return halves(index, items);
    }
    const again: Item[] = [];
    answer.items.forEach((one, n) => {
      const item = items[n] as Item;
      const { status, error } = (one.index ?? one.delete) as estypes.BulkResponseItem;
      // A conflict: what is there is as new, or newer. Not found: what was to go is not there.
      if (!error || status === 409) tally.indexed++;
      else if (error.type === 'index_not_found_exception')
        throw new ElasticTrouble('The index is not there.', { missing: true });
      else if (error.type === 'strict_dynamic_mapping_exception') throw otherFields();
      else if (status === 429 || status >= 500) again.push(item);
      else dead(index, item, status, error);
    });
    return again;
  }

  /** The request was too large for this server; a single document that is, is dead. */
  async function halves(index: string, items: readonly Item[]): Promise<Item[]> {
    const [first] = items;
    if (items.length === 1 && first) {
      dead(index, first, 413, { type: 'content_too_long' });
      return [];
    }
    const middle = Math.ceil(items.length / 2);
    return [...(await send(index, items.slice(0, middle))), ...(await send(index, items.slice(middle)))];
  }

  return async (index, changes, signal) => {
    const items: Item[] = [];
    for (const change of changes) {
      // The words of a file are many.
      if (change.files) await setImmediate();
      items.push(itemOf(change));
    }
    for (const group of groups(items, pace)) {
      let rest = await send(index, group);
      for (let tries = 1; rest.length > 0; tries++) {
        if (tries >= pace.tries)
          throw new ElasticTrouble(`Elasticsearch refuses ${rest.length} documents: it is asked too much.`);
        tally.retried += rest.length;
        await pause(Math.min(pace.most, pace.least * 2 ** (tries - 1)) * (0.5 + Math.random()), signal);
        rest = await send(index, rest);
      }
    }
  };
}

/** Not the fault of one document: none of them would go in. */
const otherFields = () =>
  new ElasticTrouble('The index has not the fields that this program writes.', {
    next: 'Run "court search-index rebuild".',
  });

/** Room and epoch in the id: after a restored backup the same place is another message, whatever versions were used before. */
function itemOf({ room, epoch, seq, version, deleted, at, by, has, text: said, files }: Change): Item {
  const text = files ? `${said}\n${files}` : said;
  const id = `${room}/${epoch}/${seq}`;
  const meta = { _id: id, version, version_type: 'external' };
  const document: Document = { room, epoch, seq, at, by, has, text, stems: stemsOf(text) };
  const lines: Item['lines'] = deleted
    ? [JSON.stringify({ delete: meta })]
    : [JSON.stringify({ index: meta }), JSON.stringify(document)];
  return { id, lines, bytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0) };
}

function stemsOf(text: string): string {
  const words = wordsOf(text);
  const language = languageOf(words);
  return words.map(({ word }) => stem(word, language)).join(' ');
}

function* groups(items: readonly Item[], { documents, bytes }: BulkPace): Generator<Item[]> {
  let group: Item[] = [];
  let size = 0;
  for (const item of items) {
    if (group.length > 0 && (group.length >= documents || size + item.bytes > bytes)) {
      yield group;
      [group, size] = [[], 0];
    }
    group.push(item);
    size += item.bytes;
  }
  if (group.length > 0) yield group;
}

/** @throws the signal's reason */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
