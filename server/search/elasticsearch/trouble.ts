// What is wrong with Elasticsearch, in words for the operator: what will go again by itself, and what waits for somebody.
import { errors } from '@elastic/elasticsearch';
import { Unreachable } from '../../hub/errors.ts';

/** Elasticsearch did not do the work. Never holds a secret or anything of a message. */
export class ElasticTrouble extends Unreachable {
  override readonly name = 'ElasticTrouble';
  /** Told to the operator, with what to do if it does not pass by itself. */
  readonly friendly = true;
  readonly next: string | undefined;
  /** An index or alias is not there. */
  readonly missing: boolean;
  /** The request was larger than it takes. */
  readonly tooLarge: boolean;

  constructor(
    reason: string,
    {
      next,
      missing = false,
      tooLarge = false,
    }: { next?: string; missing?: boolean; tooLarge?: boolean } = {},
  ) {
    super(reason, false);
    this.next = next;
    this.missing = missing;
    this.tooLarge = tooLarge;
  }
}

const ADDRESS = 'Check ELASTICSEARCH_URL.';
export const OLDEST = 8;

export const tooOld = (version: string) =>
  new ElasticTrouble(`Elasticsearch ${version} is too old.`, { next: `Upgrade it to ${OLDEST} or later.` });

const otherVersion = () =>
  new ElasticTrouble('Elasticsearch is of a version that this program does not speak.', {
    next: 'Use Elasticsearch 8 or 9.',
  });

/** Everything that the client may throw, as one of ours; what is not of Elasticsearch is thrown on. */
export function troubleOf(error: unknown): ElasticTrouble {
  if (error instanceof ElasticTrouble) return error;
  if (error instanceof errors.ProductNotSupportedError)
    return new ElasticTrouble('What answers is not Elasticsearch, or older than 7.14.', { next: ADDRESS });
  if (error instanceof errors.TimeoutError)
    return new ElasticTrouble('Elasticsearch did not answer in time.');
  if (error instanceof errors.ResponseError) return ofAnswer(error);
  if (error instanceof errors.ElasticsearchClientError) {
    const code = /\bE[A-Z]{3,}\b/.exec(error.message)?.[0];
    return new ElasticTrouble(`Elasticsearch cannot be reached${code ? ` (${code})` : ''}.`);
  }
  throw error;
}

function ofAnswer({ statusCode = 0, body }: errors.ResponseError): ElasticTrouble {
  const { type = 'an error', reason = '' } =
    (body as { error?: { type?: string; reason?: string } })?.error ?? {};
  switch (statusCode) {
    case 401:
      return new ElasticTrouble('Elasticsearch does not take the name and password.', {
        next: 'Correct them in ELASTICSEARCH_URL.',
      });
    case 403:
      return new ElasticTrouble('Elasticsearch knows the user, but does not allow it enough.', {
        next: 'Give it the privileges that docs/search-elasticsearch.md names.',
      });
    case 404:
      return new ElasticTrouble('The index is not there.', { missing: true });
    case 406:
      return otherVersion();
    case 413:
      return new ElasticTrouble('The request is larger than Elasticsearch takes.', { tooLarge: true });
    case 429:
      return new ElasticTrouble('Elasticsearch says that it is asked too much.');
    default:
      if (statusCode >= 500)
        return new ElasticTrouble(`Elasticsearch has trouble of its own (HTTP ${statusCode}).`);
      if (type === 'media_type_header_exception') return otherVersion();
      return new ElasticTrouble(`Elasticsearch refuses: ${type}: ${reason.slice(0, 200)}`, {
        next: 'Look at its log and at docs/search-elasticsearch.md.',
      });
  }
}
