// What may be typed into the search box, each example a press away.
import { useWorkspace } from '../hooks/use-workspace.ts';

const HINTS = [
  ['"opening night"', 'these words side by side'],
  ['plan*', 'words that begin so'],
  ['lanterns -broken', 'without a word'],
  ['from:me', 'said by somebody: a name or an id'],
  ['in:commons', 'in one room'],
  ['on:today', 'on a day; also before: and after:2024-05-01'],
  ['has:link', 'also has:reaction, has:thread, has:pin'],
] as const;

export function SearchHints() {
  const { search } = useWorkspace();
  const add = (example: string) => {
    search.type(`${search.getSnapshot().query.trimEnd()} ${example} `.trimStart());
    document.getElementById('search-input')?.focus();
  };
  return (
    <section className="search-hints" aria-label="What may be typed">
      <h3>Narrow it down</h3>
      <ul>
        {HINTS.map(([example, meaning]) => (
          <li key={example}>
            <button type="button" onClick={() => add(example)}>
              <code>{example}</code>
              <span>{meaning}</span>
            </button>
          </li>
        ))}
      </ul>
      <p>
        <kbd>Ctrl</kbd> <kbd>K</kbd> or <kbd>/</kbd> opens search, <kbd>↓</kbd> goes to what was found,{' '}
        <kbd>Esc</kbd> closes it.
      </p>
    </section>
  );
}
