// A file on its way: its picture, how far it is, and what can be done about it.
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { bytesWords } from '../../../shared/file-words.ts';
import type { Upload, UploadSnapshot } from '../../js/index.ts';
import { FileIcon } from './file-icon.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Ring } from './ring.tsx';

/** What a browser shows without running anything in it; larger ones would take its memory. */
const SHOWN = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const SHOWN_BYTES = 40_000_000;

export function UploadChip({ upload }: { upload: Upload }) {
  const snapshot = useSyncExternalStore(upload.subscribe, upload.getSnapshot);
  const [trouble, setTrouble] = useState<string>();
  const again = useRef<HTMLInputElement>(null);
  const { name, size } = upload;
  const { state, needs, sent } = snapshot;
  const moving = state === 'uploading' || state === 'finishing' || state === 'waiting';
  const percent = size === 0 ? 100 : Math.floor((100 * sent) / size);

  const goOn = (file?: File) => {
    setTrouble(undefined);
    upload.resume(file).catch((error: Error) => setTrouble(error.message));
  };
  const words = trouble ?? wordsFor(snapshot, size);
  const failed = trouble !== undefined || state === 'failed';

  return (
    <li className="chip" data-state={failed ? 'failed' : state}>
      <span className="chip-picture">
        <Thumb upload={upload} />
        {state !== 'done' && state !== 'failed' && (
          <Ring percent={state === 'finishing' ? undefined : percent} label={`${name}, uploaded`} />
        )}
      </span>
      <span className="chip-words">
        <strong title={name}>{name}</strong>
        <small {...(failed && { role: 'alert' })}>{words}</small>
      </span>
      {moving && state !== 'finishing' && (
        <Act icon="pause" label={`Pause ${name}`} onClick={() => upload.pause()} />
      )}
      {state === 'paused' && needs !== 'file' && (
        <Act
          icon="play"
          label={needs ? `Allow reading ${name} again` : `Go on with ${name}`}
          onClick={() => goOn()}
        />
      )}
      {needs === 'file' && (
        <>
          <Act icon="folder" label={`Choose ${name} again`} onClick={() => again.current?.click()} />
          <input
            ref={again}
            type="file"
            hidden
            aria-label={`Choose ${name} again`}
            onChange={({ target }) => {
              if (target.files?.[0]) goOn(target.files[0]);
              target.value = '';
            }}
          />
        </>
      )}
      {state === 'failed' && <Act icon="retry" label={`Try ${name} again`} onClick={() => goOn()} />}
      <Act icon="close" label={`Remove ${name}`} onClick={() => void upload.cancel()} />
    </li>
  );
}

function Act({ icon, label, onClick }: { icon: IconName; label: string; onClick(): void }) {
  return (
    <button type="button" className="chip-act" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function Thumb({ upload: { blob, type } }: { upload: Upload }) {
  const [url, setUrl] = useState<string>();
  const shown = blob && SHOWN.test(blob.type) && blob.size <= SHOWN_BYTES ? blob : undefined;
  useEffect(() => {
    if (!shown) return;
    const made = URL.createObjectURL(shown);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [shown]);
  return shown && url ? <img src={url} alt="" /> : <FileIcon type={type} />;
}

function wordsFor({ state, sent, needs, error, checking }: UploadSnapshot, size: number): string {
  const there = sent > 0 ? `, ${Math.floor((100 * sent) / size)}% is there` : '';
  switch (state) {
    case 'waiting':
      return sent === 0 && !error ? `${bytesWords(size)}, about to go` : `Waiting for the hub${there}`;
    case 'uploading':
      return `${bytesWords(sent)} of ${bytesWords(size)}`;
    case 'finishing':
      return 'Almost there…';
    case 'paused':
      if (needs === 'file') return `Choose it again to go on${there}`;
      return needs ? `Allow reading it again to go on${there}` : `Paused${there}`;
    case 'failed':
      return error?.message ?? 'It did not work.';
    default:
      return checking ? `${bytesWords(size)}, being checked for viruses` : bytesWords(size);
  }
}
