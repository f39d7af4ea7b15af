// The files of a message: pictures as pictures, in a place kept free for them; all others as cards.
import { useState } from 'react';
import type { CallError, File } from '../../js/index.ts';
import { usePicture } from '../hooks/use-picture.ts';
import type { Edge } from '../state/pictures.ts';
import { FileCard } from './file-card.tsx';
import { Lightbox } from './lightbox.tsx';

export type Picture = File & { width: number; height: number };

export const isPicture = (file: File): file is Picture =>
  file.type.startsWith('image/') && file.preview === true && !!file.width && !!file.height;

/** Pixels of the page that one picture may take, and each of several. */
const ALONE = { width: 420, height: 320 };
const AMONG = { width: 250, height: 168 };

export function Attachments({ files }: { files: readonly File[] }) {
  const [open, setOpen] = useState<string>();
  if (files.length === 0) return null;
  const pictures = files.filter(isPicture);
  const others = files.filter(file => !isPicture(file));
  return (
    <>
      {pictures.length > 0 && (
        <ul className="pictures" aria-label="Pictures" data-many={pictures.length > 1 || undefined}>
          {pictures.map(picture => (
            <li key={picture.id}>
              <Thumbnail
                picture={picture}
                most={pictures.length > 1 ? AMONG : ALONE}
                open={() => setOpen(picture.id)}
              />
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <ul className="file-cards" aria-label="Files">
          {others.map(file => (
            <li key={file.id}>
              <FileCard file={file} />
            </li>
          ))}
        </ul>
      )}
      {open && <Lightbox pictures={pictures} first={open} close={() => setOpen(undefined)} />}
    </>
  );
}

interface ThumbnailProps {
  picture: Picture;
  most: { width: number; height: number };
  open(): void;
}

function Thumbnail({ picture, most, open }: ThumbnailProps) {
  const { id, name, width, height } = picture;
  const scale = Math.min(1, most.width / width, most.height / height);
  const size = {
    width: Math.max(48, Math.round(width * scale)),
    height: Math.max(40, Math.round(height * scale)),
  };
  const shown = usePicture(id, edgeFor(Math.max(size.width, size.height)));
  return (
    <button
      type="button"
      className="thumbnail"
      aria-label={`Picture ${name}, enlarge`}
      title={name}
      style={{ width: size.width, aspectRatio: `${size.width} / ${size.height}` }}
      onClick={open}
    >
      {shown && 'url' in shown && <img src={shown.url} alt={name} width={size.width} height={size.height} />}
      {shown && 'error' in shown && (
        <span className="thumbnail-words">{troubleWords(shown.error, name)}</span>
      )}
    </button>
  );
}

const troubleWords = ({ code, message }: CallError, name: string): string =>
  code === 'not_found' ? `${name} cannot be shown as a picture.` : message;

/** The smallest that is sharp on this screen. */
const edgeFor = (pixels: number): Edge => (pixels * Math.min(devicePixelRatio, 2) <= 520 ? 480 : 1280);
