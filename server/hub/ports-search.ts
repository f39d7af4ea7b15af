// What finds messages. The hub parses the query and names the rooms that the reader may read; an index finds within them and ranks, no more.

/** A parsed query (hub/search-query.ts). All parts must hold; a message without any of them matches nothing. */
export interface SearchQuery {
  /** Words that should be there; `prefix`: what begins with it counts too. Lower case. */
  readonly words: readonly { readonly text: string; readonly prefix: boolean }[];
  /** Words in this order, side by side. */
  readonly phrases: readonly string[];
  /** Words and phrases that must not be there. */
  readonly without: readonly string[];
  /** User ids; any of them. Empty: anybody. */
  readonly from: readonly string[];
  /** ISO 8601, UTC: at or after, and before. */
  readonly since?: string;
  readonly until?: string;
  readonly has: readonly ('file' | 'link' | 'reaction' | 'thread' | 'pin')[];
}

/** A message that was found: where it is in its room's log, and how well it fits; higher is better, comparable within one answer alone. */
export interface Found {
  readonly room: string;
  readonly seq: number;
  readonly score: number;
}

export interface SearchAnswer {
  readonly found: readonly Found[];
  /** How many match in all; an index may stop counting at a few thousand. */
  readonly total: number;
}

export interface SearchIndex extends AsyncDisposable {
  readonly kind: 'postgres' | 'elasticsearch';
  /**
   * The best `limit` after the first `offset`, of these rooms alone (attack 26). Deleted messages are never found; the hub reads each hit
   * anew before it shows it, so an index that lags shows nothing old and nothing of others.
   * @throws Unreachable when it does not answer
   */
  search(
    query: SearchQuery,
    rooms: readonly string[],
    page: { readonly limit: number; readonly offset: number },
  ): Promise<SearchAnswer>;
}
