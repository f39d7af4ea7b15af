// Messages that were sent before their files were there: they go by themselves, and can be taken back until then.
import type { Held, Waiting } from '../state/attachments.ts';
import { plainText } from '../state/plain-text.ts';
import { UploadChip } from './upload-chip.tsx';

export function HeldMessages({ held, takeBack }: { held: Waiting['held']; takeBack(message: Held): void }) {
  if (held.length === 0) return null;
  return (
    <ul className="held" aria-label="Messages that wait for their files">
      {held.map(({ message, uploads }) => (
        <li key={message.id}>
          <p className="held-words">
            {message.text && <q>{plainText(message.text)}</q>}
            <span>
              {uploads.length === 1 ? 'Goes when the file is there.' : 'Goes when the files are there.'}
            </span>
            <button type="button" className="link" onClick={() => takeBack(message)}>
              Take back
            </button>
          </p>
          <ul className="chips">
            {uploads.map(upload => (
              <UploadChip key={upload.key} upload={upload} />
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
