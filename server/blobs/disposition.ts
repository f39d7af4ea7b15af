// How a browser is told what to do with a file, and what it is called: RFC 6266, with the name also for those who read only ASCII.
import type { LinkOptions } from '../hub/ports-files.ts';

export function disposition({ attachment, name }: Pick<LinkOptions, 'attachment' | 'name'>): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const whole = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${attachment ? 'attachment' : 'inline'}; filename="${plain}"; filename*=UTF-8''${whole}`;
}
