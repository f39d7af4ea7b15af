// The meetings of QMSum as the evaluations read them: what was said by whom, the questions asked about it, and where the evidence is.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

export interface Turn {
  readonly speaker: string;
  /** Without the transcriber's marks ("{vocalsound}"); may be empty. */
  readonly content: string;
}

export interface GeneralQuestion {
  readonly query: string;
  readonly answer: string;
}

export interface SpecificQuestion extends GeneralQuestion {
  /** Numbers of the turns that hold the evidence, counted from 0. */
  readonly relevant: ReadonlySet<number>;
}

export interface Meeting {
  /** The file's name without its ending. */
  readonly name: string;
  readonly turns: readonly Turn[];
  readonly general: readonly GeneralQuestion[];
  readonly specific: readonly SpecificQuestion[];
}

const question = z.object({ query: z.string(), answer: z.string() });
const span = z.tuple([z.coerce.number().int(), z.coerce.number().int()]);
const file = z.object({
  general_query_list: z.array(question),
  specific_query_list: z.array(question.extend({ relevant_text_span: z.array(span) })),
  meeting_transcripts: z.array(z.object({ speaker: z.string(), content: z.string() })),
});

/** Where the meetings are expected: beside the checkout, since they are not ours to ship. */
export const meetingsFolder = path.join(import.meta.dirname, '../../../shared/data/qmsum');

/** All meetings in the order of their names; undefined when the folder is not there. */
export async function readMeetings(folder: string = meetingsFolder): Promise<Meeting[] | undefined> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return (
    names &&
    Promise.all(
      names
        .filter(name => name.endsWith('.json'))
        .sort()
        .map(async name => parse(name.slice(0, -5), await readFile(path.join(folder, name), 'utf8'))),
    )
  );
}

function parse(name: string, text: string): Meeting {
  const { general_query_list, specific_query_list, meeting_transcripts } = file.parse(JSON.parse(text));
  return {
    name,
    turns: meeting_transcripts.map(({ speaker, content }) => ({
      speaker,
      content: content.replace(/\{[^}]*\}/g, ' ').trim(),
    })),
    general: general_query_list,
    specific: specific_query_list.map(({ query, answer, relevant_text_span }) => ({
      query,
      answer,
      relevant: new Set(relevant_text_span.flatMap(([from, to]) => range(from, to))),
    })),
  };
}

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
