// A backup that cannot be made, or cannot be restored here; the message says what to do.
export class BackupError extends Error {
  override readonly name = 'BackupError';
  /** The message is for the operator; a stack would not help. */
  readonly friendly = true;
}
