import { createAsking } from './draw/asking.ts';
import type { Part } from './draw/element.ts';
import type { TopbarShown } from './draw/topbar.ts';
import { createAsk, NoAnswer } from './read/ask.ts';
import type { ChangedVenue } from './read/live-rows.ts';
import { readVenue } from './read/past.ts';
import { type Connection, lostNow } from './view/connection.ts';

/** Who does not answer is asked again after so long, ms. */
const AGAIN_MS = 2000;

/** The venue, asked for until somebody answers; till then the page is its top bar, and says so. */
export async function firstVenue(document: Document, topbar: Part<TopbarShown>): Promise<ChangedVenue> {
  const ask = createAsk(document.baseURI);
  const asking = createAsking(document);
  let connection: Connection = { kind: 'connecting' };
  document.body.replaceChildren(topbar.node, asking.node);
  for (;;) {
    topbar.update({ connection, now: Date.now(), zone: 'UTC', venue: null });
    asking.update(connection);
    try {
      return (await readVenue(ask, Date.now)).venue;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      connection = lostNow(connection, AGAIN_MS);
    }
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}
