import kafkajs, { type PartitionAssigner } from 'kafkajs';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
const NAME = 'HallwaySeat';
const VERSION = 0;

/** The one partition of a topic, which stays with whoever has it as others of the group come and go. */
export type Seat = {
  assigner: PartitionAssigner;
  /**
   * Told of each assignment: under which name we are in the group, and whether the partition is ours. Returns whether it has been ours
   * since it was last: a member keeps its name as long as it is one, and so long nobody else is given the partition.
   */
  keeps(memberId: string, isOurs: boolean): boolean;
};

/** kafkajs' own assigner goes by names: whoever joins could take the partition of whoever has it. */
export function seatIn(topic: string): Seat {
  /** the name under which it was given to us */
  let holder = '';
  const assigner: PartitionAssigner = () => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.from(holder) }),
    }),
    async assign({ members }) {
      // Who was out of the group meanwhile says its old name, and comes by a new one.
      const isHolder = ({ memberId, memberMetadata }: (typeof members)[number]) =>
        MemberMetadata.decode(memberMetadata)?.userData?.toString() === memberId;
      const names = members.map(({ memberId }) => memberId).sort();
      const seated = members.find(isHolder)?.memberId ?? names[0];
      const given = (memberId: string) => (memberId === seated ? { [topic]: [0] } : {});
      return names.map((memberId) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: VERSION,
          assignment: given(memberId),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
  return {
    assigner,
    keeps(memberId, isOurs) {
      const isKept = isOurs && holder === memberId;
      holder = isOurs ? memberId : '';
      return isKept;
    },
  };
}
