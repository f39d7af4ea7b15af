// Hands a file to the browser's own downloads, by an address that ends soon.
import type { Court, File } from '../../js/index.ts';

/** @throws CallError */
export async function download(court: Court, { id, name }: Pick<File, 'id' | 'name'>): Promise<void> {
  const { url } = await court.fileLink(id, { download: true });
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
