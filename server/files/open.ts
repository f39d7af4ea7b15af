// Looks into files: what they are, smaller pictures of them, and their words.
import { Readable } from 'node:stream';
import type { FileInspector } from '../hub/ports-files.ts';
import { HEAD_BYTES } from '../hub/ports-files.ts';
import { canShrink, hasWords, PLAIN } from './kinds.ts';
import { createLane, type LaneTempo } from './lane.ts';
import { INPUT_BYTES, PLAIN_BYTES } from './limits.ts';
import { UNKNOWN } from './look.ts';

/** How long each may take; tests shorten them. */
export type InspectorTempo = Partial<Record<'look' | 'preview' | 'text', Partial<LaneTempo>>>;

const TEMPO: LaneTempo = { taskMs: 10_000, pieceMs: 20_000, idleMs: 30_000 };
const WHOLE = { bytes: INPUT_BYTES, cut: false };
const BEGINNING = { bytes: PLAIN_BYTES, cut: true };

/** Three processes at most, started when they are wanted: a long document holds up no picture, and neither holds up an upload. */
export function openInspector(tempo: InspectorTempo = {}): FileInspector & AsyncDisposable {
  const lanes = {
    look: createLane({ ...TEMPO, taskMs: 3000, ...tempo.look }),
    preview: createLane({ ...TEMPO, ...tempo.preview }),
    text: createLane({ ...TEMPO, taskMs: 20_000, ...tempo.text }),
  };
  return {
    async look(head, size, name) {
      const bytes = head.subarray(0, HEAD_BYTES);
      const task = { do: 'look', size, name } as const;
      return (await lanes.look.run(task, Readable.from([bytes]), BEGINNING)) ?? UNKNOWN;
    },

    async preview(file, type, edge) {
      if (!canShrink(type)) return nothing(file);
      return lanes.preview.run({ do: 'preview', type, edge }, file, WHOLE);
    },

    async text(file, type) {
      if (!hasWords(type)) return nothing(file);
      return lanes.text.run({ do: 'text', type }, file, PLAIN.includes(type) ? BEGINNING : WHOLE);
    },

    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(lanes).map(lane => lane[Symbol.asyncDispose]()));
    },
  };
}

function nothing(file: Readable): undefined {
  file.on('error', () => {});
  file.destroy();
}
