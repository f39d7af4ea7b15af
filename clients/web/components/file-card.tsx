// A file that is no picture, as a card: what it is, how large, and the way to get it.
import { useState } from 'react';
import { bytesWords, fileKindWords } from '../../../shared/file-words.ts';
import type { File } from '../../js/index.ts';
import { usePicture } from '../hooks/use-picture.ts';
import { useWorkspace } from '../hooks/use-workspace.ts';
import { download } from '../state/download.ts';
import { FileIcon } from './file-icon.tsx';
import { Icon } from './icons.tsx';

export function FileCard({ file }: { file: File }) {
  const { name, type, size } = file;
  const { get, words } = useDownload(file);
  return (
    <button
      type="button"
      className="file-card shared-file"
      aria-label={`Download ${name}, ${fileKindWords(type)}, ${bytesWords(size)}`}
      title={name}
      onClick={get}
    >
      <FilePicture file={file} />
      <span className="file-card-words">
        <strong>{name}</strong>
        <small {...(words && { role: 'alert' })}>
          {words ?? `${fileKindWords(type)} · ${bytesWords(size)}`}
        </small>
      </span>
      <Icon name="download" />
    </button>
  );
}

/** A small picture of what is in it, else the drawing of its kind. */
export function FilePicture({ file }: { file: File }) {
  const shown = usePicture(file.preview ? file.id : undefined, 96);
  return (
    <span className="file-picture">
      {shown && 'url' in shown ? <img src={shown.url} alt="" /> : <FileIcon type={file.type} />}
    </span>
  );
}

/** Beside what shows the file itself. */
export function DownloadButton({ name, get }: { name: string; get(): void }) {
  return (
    <button type="button" className="tool" aria-label={`Download ${name}`} title="Download" onClick={get}>
      <Icon name="download" />
    </button>
  );
}

/** `words` tell why it could not be had just now. */
export function useDownload(file: File): { get(): void; words: string | undefined } {
  const { court } = useWorkspace();
  const [words, setWords] = useState<string>();
  const get = () => {
    setWords(undefined);
    download(court, file).catch((error: Error) => setWords(error.message));
  };
  return { get, words };
}
