// All that was shared in the room: of one kind or of all, with the way to the message and the way to get it.
import { useEffect, useRef, useState } from 'react';
import { bytesWords, type FileKind, fileKind } from '../../../shared/file-words.ts';
import type { SharedFile } from '../../js/index.ts';
import { arrowKeys } from '../hooks/use-arrow-keys.ts';
import { useSharedFiles } from '../hooks/use-shared-files.ts';
import { usePerson } from '../hooks/use-workspace.ts';
import { dayWords, timeWords } from './dates.ts';
import { DownloadButton, FilePicture, useDownload } from './file-card.tsx';
import { Panel } from './panel.tsx';
import { useRoomActions } from './room-context.ts';

const filters: readonly [string, string, readonly FileKind[] | undefined][] = [
  ['all', 'All', undefined],
  ['pictures', 'Pictures', ['image']],
  ['documents', 'Documents', ['pdf', 'document', 'sheet', 'slides', 'code']],
  ['media', 'Sound and video', ['audio', 'video']],
  ['other', 'Other', ['archive', 'file']],
];

const onArrow = arrowKeys();

export function FilesPanel() {
  const { room } = useRoomActions();
  const { files, cursor, status, error, more } = useSharedFiles(room);
  const [filter, setFilter] = useState('all');
  const select = useRef<HTMLSelectElement>(null);
  useEffect(() => select.current?.focus(), []);
  const kinds = filters.find(([key]) => key === filter)?.[2];
  const shown = kinds ? files.filter(({ type }) => kinds.includes(fileKind(type))) : files;

  return (
    <Panel title="Files">
      <div className="files-wish">
        <label>
          <span>Show</span>
          <select ref={select} value={filter} onChange={({ target }) => setFilter(target.value)}>
            {filters.map(([key, label]) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <p role="status">{status === 'done' && counted(shown.length, cursor !== undefined)}</p>
      </div>
      <div className="panel-scroll">
        {error && status === 'failed' && (
          <p className="note note-error" role="alert">
            {error}
          </p>
        )}
        {status === 'done' && files.length === 0 && (
          <p className="panel-text">
            Nothing was shared here yet. Drop a file anywhere in the room, or paste a picture.
          </p>
        )}
        <ul aria-label="Shared files" onKeyDown={onArrow}>
          {shown.map(file => (
            <FileRow key={file.id} file={file} />
          ))}
        </ul>
        {cursor && (
          <button
            type="button"
            className="button small search-more"
            disabled={status === 'loading'}
            onClick={more}
          >
            More
          </button>
        )}
      </div>
    </Panel>
  );
}

const counted = (count: number, more: boolean): string =>
  count === 0 ? '' : `${count}${more ? ' and more' : ''}`;

function FileRow({ file }: { file: SharedFile }) {
  const { jumpToSource } = useRoomActions();
  const { get, words } = useDownload(file);
  const author = usePerson(file.by);
  return (
    <li className="file-row">
      <button
        type="button"
        className="file-row-main"
        data-item
        title="Show the message"
        onClick={() => jumpToSource(file.message)}
      >
        <FilePicture file={file} />
        <span className="file-card-words">
          <strong>{file.name}</strong>
          <small>
            {words ??
              `${author.name} · ${dayWords(file.at)}, ${timeWords(file.at)} · ${bytesWords(file.size)}`}
          </small>
        </span>
      </button>
      <DownloadButton name={file.name} get={get} />
    </li>
  );
}
