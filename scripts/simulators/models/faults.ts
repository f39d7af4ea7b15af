// What goes wrong on demand at the simulated providers of models: before an answer, or in the middle of a stream.
import type { Reach } from '../faults.ts';

export type Fault = (
  | {
      readonly kind: 'status';
      readonly status: number;
      /** The vendor's word for it. */
      readonly code?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is cut instead of an answer. */
  | { readonly kind: 'cut' }
  /** No answer ever comes. */
  | { readonly kind: 'silence' }
  /** After so many events of a stream, in place of the rest: the connection is cut, */
  | { readonly kind: 'cutAfter'; readonly events: number }
  /** the answer ends as if it were over, */
  | { readonly kind: 'truncateAfter'; readonly events: number }
  /** nothing more comes, or, with pings, nothing but those, */
  | { readonly kind: 'stallAfter'; readonly events: number; readonly pings?: boolean }
  /** or the vendor's error. */
  | { readonly kind: 'errorAfter'; readonly events: number; readonly code: string }
  /** The model stops for this reason, after so many of the lines that it would write. */
  | { readonly kind: 'stop'; readonly reason: string; readonly lines?: number }
  /** Embeddings of so many numbers, or none at all. */
  | { readonly kind: 'dimensions'; readonly count: number }
) &
  Reach;
