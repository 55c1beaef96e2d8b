import type { Member, Span } from './venue.ts';

/**
 * The same lists without overlaps: of two rows of a badge the earlier in the list counts where both hold, and the other keeps
 * what is left of its span. So no instant of a badge is in two groups, whoever reads the rows.
 */
export function withoutOverlaps(members: readonly Member[]): Member[] {
  const taken = new Map<string, Span[]>();
  return members.flatMap((member) => {
    const before = taken.get(member.badge) ?? [];
    taken.set(member.badge, [...before, { from: member.from, until: member.until }]);
    const left = before.reduce<Span[]>((spans, one) => spans.flatMap((span) => cut(span, one)), [member]);
    return left.map(({ from, until }) => ({ ...member, from, until }));
  });
}

/** What is left of a span without another. */
function cut(span: Span, other: Span): Span[] {
  const parts = [
    { from: span.from, until: Math.min(span.until, other.from) },
    { from: Math.max(span.from, other.until), until: span.until },
  ];
  if (other.until <= span.from || other.from >= span.until) return [span];
  return parts.filter(({ from, until }) => from < until);
}
