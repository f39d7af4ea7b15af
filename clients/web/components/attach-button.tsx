// The paper-clip: chooses files, and keeps the way to read them again where the browser gives one.
import { useRef } from 'react';
import type { Chosen } from '../state/attachments.ts';
import { Icon } from './icons.tsx';

interface Picker {
  showOpenFilePicker?(options: { multiple: boolean }): Promise<FileSystemFileHandle[]>;
}

export function AttachButton({ add }: { add(files: readonly Chosen[]): void }) {
  const input = useRef<HTMLInputElement>(null);

  const choose = async () => {
    const { showOpenFilePicker } = window as Picker;
    if (!showOpenFilePicker) return input.current?.click();
    try {
      const handles = await showOpenFilePicker({ multiple: true });
      add(await Promise.all(handles.map(async handle => ({ file: await handle.getFile(), handle }))));
    } catch (error) {
      // Nothing was chosen, or the browser lets this page open no picker of that kind.
      if ((error as Error).name !== 'AbortError') input.current?.click();
    }
  };

  return (
    <>
      <button
        type="button"
        className="tool"
        aria-label="Attach files"
        title="Attach files"
        onClick={() => void choose()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={({ target }) => {
          add([...(target.files ?? [])].map(file => ({ file })));
          target.value = '';
        }}
      />
    </>
  );
}
