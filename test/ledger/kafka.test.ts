import type { KafkaLedger } from '../../services/ledger/kafka.ts';
import { ledgerIn } from '../../services/roles/ledger.ts';
import { forget, fresh, noKafka } from '../source/kafka-broker.ts';
import { ledgerContract, renewalContract } from './contract.ts';

const shelf = async () => {
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
};

ledgerContract('in Kafka', shelf, noKafka);
renewalContract('in Kafka', shelf, noKafka);
