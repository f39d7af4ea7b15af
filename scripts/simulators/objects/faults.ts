// What goes wrong on demand at the simulated object storages: instead of an answer, with it, or in its middle.
import type { Reach } from '../faults.ts';

export type Fault = (
  | {
      readonly kind: 'status';
      readonly status: number;
      /** The vendor's word for it. */
      readonly code?: string;
    }
  /** The connection is cut when so many bytes of the request have come, and nothing is done. */
  | { readonly kind: 'cut'; readonly bytes?: number }
  /** The work is done, and the connection cut instead of the answer. */
  | { readonly kind: 'lost' }
  /** The connection is cut after so many bytes of the answer's body. */
  | { readonly kind: 'cutAfter'; readonly bytes: number }
  /** Done at once, answered late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** No answer ever comes. */
  | { readonly kind: 'silence' }
) &
  Reach & {
    /** Of which method alone. */
    readonly method?: string;
  };
