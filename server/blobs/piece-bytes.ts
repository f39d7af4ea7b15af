// How large a piece of a large object is: small enough to wait in memory, large enough that a service takes all of them.

/** Above what S3 asks of a part that is not the last (5 MiB), and what Supabase asks for. */
export const PIECE = 6 * 1024 * 1024;
/** Pieces begin where an encrypted chunk begins. */
const STEP = 64 * 1024;

/** @param most how many pieces the service takes */
export const pieceBytes = (size: number, most: number): number =>
  Math.max(PIECE, Math.ceil(size / most / STEP) * STEP);
