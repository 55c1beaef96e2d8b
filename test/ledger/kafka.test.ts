import type { KafkaLedger } from '../../services/ledger/kafka.ts';
import { ledgerIn } from '../../services/roles/ledger.ts';
import { forget, fresh, noKafka } from '../source/kafka-broker.ts';
import { ledgerContract } from './contract.ts';

ledgerContract(
  'in Kafka',
  async () => {
    const options = fresh();
    const opened: KafkaLedger[] = [];
    return {
      async open() {
        const ledger = await ledgerIn(options, () => undefined);
        opened.push(ledger);
        return ledger;
      },
      async end() {
        await Promise.all(opened.map((ledger) => ledger.close()));
        await forget(options);
      },
    };
  },
  noKafka,
);
