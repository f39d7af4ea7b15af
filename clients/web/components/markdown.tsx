// Markdown as a chat needs it: no raw HTML, no fetched images, links that lead out safely, line breaks kept (attack 21).
import { memo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { chatText } from './chat-text.ts';

/** Anything else, `javascript:` and `data:` above all, is no link. */
const SAFE = /^(?:https?:\/\/|mailto:)/i;

const Heading: Components['h1'] = ({ children }) => <p className="prose-heading">{children}</p>;

const components: Components = {
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  // An image would tell its server who reads; the link leaves that to the reader.
  img: ({ src, alt }) =>
    typeof src === 'string' && src ? (
      <a href={src} target="_blank" rel="noopener noreferrer nofollow">
        {alt || src}
      </a>
    ) : (
      <span>{alt}</span>
    ),
  input: ({ checked }) => <span className="prose-check">{checked ? '☑' : '☐'}</span>,
  table: ({ children }) => (
    <div className="prose-table">
      <table>{children}</table>
    </div>
  ),
};

interface Props {
  text: string;
  /** Names by handle, see `chatText`. */
  names: string;
  me: string;
}

export const Markdown = memo(function Markdown({ text, names, me }: Props) {
  return (
    <div className="prose">
      <ReactMarkdown
        remarkPlugins={[remarkGfm, [chatText, { names, me }]]}
        components={components}
        urlTransform={url => (SAFE.test(url) ? url : '')}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});
