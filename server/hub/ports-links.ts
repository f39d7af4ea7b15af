// Files elsewhere that people link to.
import type { FileLink } from '#shared/file-links.ts';

export interface FileLinks {
  /**
   * What the file is called, as far as this user lets the hub see it; null: nothing is known. Answers within a few seconds.
   * @throws HubError `unavailable`
   */
  lookup(user: string, address: string): Promise<FileLink | null>;
}

export const noFileLinks: FileLinks = { lookup: async () => null };
