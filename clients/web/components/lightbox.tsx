// A picture as large as the window allows, over everything; arrow keys go to the others of its message.
import { useCallback, useEffect, useState } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { bytesWords } from '../../../shared/file-words.ts';
import { usePicture } from '../hooks/use-picture.ts';
import type { Picture } from './attachments.tsx';
import { DownloadButton, useDownload } from './file-card.tsx';
import { Icon } from './icons.tsx';

interface Props {
  pictures: readonly Picture[];
  /** Id of the one to begin with. */
  first: string;
  close(): void;
}

export function Lightbox({ pictures, first, close }: Props) {
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      pictures.findIndex(({ id }) => id === first),
    ),
  );
  useFocusBack();
  const picture = pictures[Math.min(at, pictures.length - 1)];
  const count = pictures.length;
  const step = useCallback((by: number) => setAt(at => (at + by + count) % count), [count]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        // Wherever the focus is just now; and nothing below is to be closed by the same key.
        event.preventDefault();
        event.stopPropagation();
        close();
      }
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      step(by);
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, [step, close]);
  if (!picture) return null;
  return (
    <ModalOverlay className="overlay lightbox" isOpen isDismissable onOpenChange={open => !open && close()}>
      <Modal className="lightbox-frame">
        <Dialog className="lightbox-dialog" aria-label={`Picture ${picture.name}`}>
          <div className="lightbox-page">
            <Head
              picture={picture}
              note={pictures.length > 1 ? `${at + 1} of ${pictures.length}` : ''}
              close={close}
            />
            <Large key={picture.id} picture={picture} close={close} />
            {pictures.length > 1 && (
              <>
                <Turn side="back" label="Previous picture" onClick={() => step(-1)} />
                <Turn side="on" label="Next picture" onClick={() => step(1)} />
              </>
            )}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The dialog's own way back is not taken by who closes it in its first half second, in which it gives its focus away and takes it again. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
      });
    },
    [before],
  );
}

function Head({ picture, note, close }: { picture: Picture; note: string; close(): void }) {
  const { get, words } = useDownload(picture);
  return (
    <header className="lightbox-head">
      <p role="status">
        <strong>{picture.name}</strong>
        <small>
          {words ??
            [`${picture.width} × ${picture.height}`, bytesWords(picture.size), note]
              .filter(Boolean)
              .join(' · ')}
        </small>
      </p>
      <DownloadButton name={picture.name} get={get} />
      <button
        type="button"
        className="tool"
        aria-label="Close the picture"
        title="Close (Esc)"
        onClick={close}
      >
        <Icon name="close" />
      </button>
    </header>
  );
}

function Large({ picture: { id, name, width, height }, close }: { picture: Picture; close(): void }) {
  const small = usePicture(id, 480);
  const large = usePicture(id, 1280);
  const shown = large && 'url' in large ? large : small;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the picture closes it, as Escape does
    // biome-ignore lint/a11y/noStaticElementInteractions: the same
    <div
      className="lightbox-picture"
      onClick={({ target, currentTarget }) => target === currentTarget && close()}
    >
      {shown && 'url' in shown ? (
        <img src={shown.url} alt={name} style={{ maxWidth: width, maxHeight: height }} />
      ) : (
        <p>{shown ? shown.error.message : 'One moment…'}</p>
      )}
    </div>
  );
}

function Turn({ side, label, onClick }: { side: 'back' | 'on'; label: string; onClick(): void }) {
  return (
    <button
      type="button"
      className={`lightbox-turn lightbox-${side}`}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name="chevron" />
    </button>
  );
}
