// Asks before a message goes for good.
import { plainText } from '../state/plain-text.ts';
import { DialogFrame } from './dialog-frame.tsx';

export function ConfirmDelete({ text, close, confirm }: { text: string; close(): void; confirm(): void }) {
  return (
    <DialogFrame title="Delete this message?" close={close} alert>
      <blockquote className="dialog-quote">{plainText(text)}</blockquote>
      <p className="dialog-text">Its text is removed for everybody, and cannot be brought back.</p>
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={close}>
          Keep it
        </button>
        <button
          type="button"
          className="button danger"
          // biome-ignore lint/a11y/noAutofocus: the question is what one asked for
          autoFocus
          onClick={() => {
            confirm();
            close();
          }}
        >
          Delete
        </button>
      </footer>
    </DialogFrame>
  );
}
