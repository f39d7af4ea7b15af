// A small set of emoji behind a button, for reactions and for the composer.
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { arrowKeys } from '../hooks/use-arrow-keys.ts';
import { Icon } from './icons.tsx';

const COLUMNS = 8;
const onArrow = arrowKeys(COLUMNS);

const emoji: [string, string][] = [
  ['👍', 'thumbs up'],
  ['❤️', 'heart'],
  ['😄', 'laughing'],
  ['🎉', 'celebration'],
  ['🙏', 'thank you'],
  ['👀', 'looking'],
  ['✅', 'done'],
  ['🚀', 'rocket'],
  ['👏', 'applause'],
  ['🙌', 'raised hands'],
  ['💡', 'idea'],
  ['🤔', 'thinking'],
  ['😮', 'surprised'],
  ['😅', 'relieved'],
  ['😢', 'sad'],
  ['👋', 'wave'],
  ['👎', 'thumbs down'],
  ['➕', 'plus one'],
  ['❌', 'no'],
  ['🔥', 'fire'],
  ['🌱', 'seedling'],
  ['☕', 'coffee'],
  ['🐛', 'bug'],
  ['⏳', 'waiting'],
];

export function EmojiPicker({ label, onPick }: { label: string; onPick(emoji: string): void }) {
  return (
    <DialogTrigger>
      <Button className="tool" aria-label={label}>
        <Icon name="smile" />
      </Button>
      <Popover className="popover" placement="top end">
        <Dialog className="emoji" aria-label={label}>
          {({ close }) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys only move between the buttons inside
            <div className="emoji-grid" onKeyDown={onArrow}>
              {emoji.map(([char, name], at) => (
                <button
                  type="button"
                  key={char}
                  data-item
                  // biome-ignore lint/a11y/noAutofocus: one opened it to choose
                  autoFocus={at === 0}
                  aria-label={name}
                  title={name}
                  onClick={() => {
                    onPick(char);
                    close();
                  }}
                >
                  {char}
                </button>
              ))}
            </div>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
