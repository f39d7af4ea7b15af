// How messages lie in Elasticsearch: each text several times, for several ways of finding it. No memberships: who may read what is the database's to say.
import type { estypes } from '@elastic/elasticsearch';

/** Of a document; its id is made of room, epoch and seq. */
export interface Document {
  readonly room: string;
  readonly epoch: string;
  readonly seq: number;
  readonly at: string;
  readonly by: string;
  readonly has: readonly string[];
  readonly text: string;
  /** The stem of each word in the text's language, as shared/text has it: the same in every index. */
  readonly stems: string;
}

/** Changed whenever settings or mappings change: with another number the index is built anew. */
export const SCHEMA = 1;
/** The longest beginning of a word that is looked up as one. */
export const LONGEST_PREFIX = 16;

const settings: estypes.IndicesIndexSettings = {
  number_of_shards: 1,
  // One node is enough, and more are used.
  auto_expand_replicas: '0-1',
  // Said outright, so that an index that nobody searched for a while does not fall asleep: what was said is found a second later.
  refresh_interval: '1s',
  // For how long the version of what was deleted is remembered: a write that comes late cannot bring it back.
  gc_deletes: '1h',
  analysis: {
    filter: {
      court_beginnings: {
        type: 'edge_ngram',
        min_gram: 1,
        max_gram: LONGEST_PREFIX,
        preserve_original: true,
      },
      court_pairs: { type: 'cjk_bigram', output_unigrams: true },
    },
    analyzer: {
      court_stems: { type: 'custom', tokenizer: 'whitespace' },
      court_words: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'asciifolding'] },
      court_beginnings: {
        type: 'custom',
        tokenizer: 'standard',
        filter: ['lowercase', 'asciifolding', 'court_beginnings'],
      },
      // Chinese, Japanese and Korean: characters and pairs of them are kept, pairs are asked for; a single one is found too.
      court_cjk: { type: 'custom', tokenizer: 'standard', filter: ['cjk_width', 'lowercase', 'court_pairs'] },
      court_cjk_asked: {
        type: 'custom',
        tokenizer: 'standard',
        filter: ['cjk_width', 'lowercase', 'cjk_bigram'],
      },
    },
  },
};

const mappings: estypes.MappingTypeMapping = {
  // A field that nobody thought of is a mistake of ours, and is told.
  dynamic: 'strict',
  properties: {
    room: { type: 'keyword' },
    epoch: { type: 'keyword' },
    seq: { type: 'long' },
    at: { type: 'date' },
    by: { type: 'keyword' },
    has: { type: 'keyword' },
    stems: { type: 'text', analyzer: 'court_stems' },
    text: {
      type: 'text',
      analyzer: 'court_words',
      fields: {
        beginnings: {
          type: 'text',
          analyzer: 'court_beginnings',
          search_analyzer: 'court_words',
          norms: false,
          index_options: 'docs',
        },
        cjk: { type: 'text', analyzer: 'court_cjk', search_analyzer: 'court_cjk_asked', norms: false },
      },
    },
  },
};

export const schema: Omit<estypes.IndicesCreateRequest, 'index'> = { settings, mappings };
