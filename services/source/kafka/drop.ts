import { atMost, createLink, open } from './link.ts';
import type { Settled } from './options.ts';
import { type TopicName, topicOf } from './topics.ts';

const LEAVE_MS = 2000;

/**
 * Deletes what a topic of one partition holds before an offset: nobody reads it any more, and its bytes go with the segments that hold it.
 * Resolves to whether it is gone: false where we may not delete.
 */
export async function dropBefore(options: Settled, name: TopicName, offset: number): Promise<boolean> {
  const link = createLink(options);
  const admin = link.kafka.admin();
  const topic = topicOf(options, name);
  try {
    await open(admin);
    const [{ low } = { low: '0' }] = await admin.fetchTopicOffsets(topic);
    if (Number(low) < offset)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  } finally {
    await atMost(LEAVE_MS, admin.disconnect());
    link.cut();
  }
}

/** What kafkajs says of each partition that could not be deleted from; what it does not try again it wraps. */
type Undeleted = { cause?: { partitions?: { error?: { type?: string } }[] } };

const isForbidden = (error: unknown): boolean =>
  ((error as Undeleted).cause?.partitions ?? []).some((one) => one.error?.type === 'TOPIC_AUTHORIZATION_FAILED');
