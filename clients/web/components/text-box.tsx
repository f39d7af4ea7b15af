// A field for message text: grows with it, Enter sends, Shift+Enter breaks the line, `@` offers names, a first `/` commands.
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import { useCommandMenu } from '../hooks/use-command-menu.ts';
import { useMentionMenu } from '../hooks/use-mention-menu.ts';
import { Avatar } from './avatar.tsx';
import { OfferMenu } from './offer-menu.tsx';

export interface TextBoxHandle {
  insert(text: string): void;
  focus(): void;
}

interface Props {
  ref?: Ref<TextBoxHandle>;
  id: string;
  label: string;
  placeholder?: string;
  value: string;
  /** Names the draft. */
  place?: string;
  autoFocus?: boolean;
  /** Commands can be run from here. */
  commands?: boolean;
  onChange(text: string): void;
  onSubmit(): void;
  onEscape?(): void;
  /** ArrowUp in an empty field. */
  onUp?(): void;
  /** Files were pasted. */
  onFiles?(files: readonly File[]): void;
}

export function TextBox({
  ref,
  id,
  label,
  placeholder,
  value,
  place,
  autoFocus,
  commands = false,
  ...on
}: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const names = useMentionMenu(field, value, on.onChange);
  const verbs = useCommandMenu(field, value, on.onChange, commands);
  const menu = verbs.open ? verbs : names;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what changes the height
  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight}px`;
  }, [value]);

  useLayoutEffect(() => {
    if (!autoFocus) return;
    field.current?.focus();
    field.current?.setSelectionRange(-1, -1);
  }, [autoFocus]);

  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    insert(text) {
      const box = field.current;
      if (!box) return;
      box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
      on.onChange(box.value);
      box.focus();
    },
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (menu.onKey(event.key)) {
      event.preventDefault();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      on.onSubmit();
    } else if (event.key === 'Escape' && on.onEscape) {
      event.preventDefault();
      on.onEscape();
    } else if (event.key === 'ArrowUp' && value === '' && on.onUp) {
      event.preventDefault();
      on.onUp();
    }
  };

  const onPaste = (event: ClipboardEvent) => {
    const { files, types } = event.clipboardData;
    // Words that come with a picture of themselves, as office programs copy them, are meant as words.
    if (!on.onFiles || files.length === 0 || types.includes('text/plain')) return;
    event.preventDefault();
    on.onFiles([...files]);
  };

  const onSelect = () => {
    names.onSelect();
    verbs.onSelect();
  };

  const list = `${id}-offers`;
  return (
    <div className="text-box">
      {menu === names && names.open && (
        <OfferMenu
          {...{ id: list, label: 'People', items: names.items, at: names.at }}
          keyOf={({ id }) => id}
          onPick={names.pick}
        >
          {person => (
            <>
              <Avatar user={person.id} size="s" presence />
              {person.name}
            </>
          )}
        </OfferMenu>
      )}
      {verbs.open && (
        <OfferMenu
          {...{ id: list, label: 'Commands', items: verbs.items, at: verbs.at }}
          keyOf={({ name }) => name}
          onPick={verbs.pick}
        >
          {({ name, usage, description }) => (
            <>
              <strong>/{name}</strong>
              {usage && <small>{usage}</small>}
              <small>{description}</small>
            </>
          )}
        </OfferMenu>
      )}
      <textarea
        ref={field}
        id={id}
        rows={1}
        value={value}
        placeholder={placeholder}
        data-place={place}
        aria-label={label}
        aria-autocomplete="list"
        {...(menu.open && { 'aria-controls': list, 'aria-activedescendant': `${list}-${menu.at}` })}
        onChange={event => {
          on.onChange(event.target.value);
          onSelect();
        }}
        onSelect={onSelect}
        onBlur={() => {
          names.close();
          verbs.close();
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
    </div>
  );
}
