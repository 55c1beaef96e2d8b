import type { TokenScope } from '../../../services/model/scope.ts';

/** What a token of each scope may do, as a person would say it. */
export const SCOPE_WORDS: Record<TokenScope, { name: string; may: string }> = {
  screen: { name: 'Screen', may: 'the wall and the replay: counts of rooms, never a badge' },
  public: { name: 'Public', may: 'the same as a screen, for a page that anybody may open' },
  viewer: { name: 'Viewer', may: 'all aggregates: the explorer, anomalies, films; no single badge' },
  analyst: { name: 'Analyst', may: 'everything that was observed, badges by their pseudonyms; exports and notes' },
  admin: { name: 'Admin', may: 'everything, and changes everything' },
  gateway: { name: 'Gateway', may: 'reports what one gateway hears, and reads nothing' },
};

/** The order in which they are offered. */
export const OFFERED = ['screen', 'public', 'viewer', 'analyst', 'admin', 'gateway'] as const;
