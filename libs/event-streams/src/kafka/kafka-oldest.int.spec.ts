import { kafkaContract } from '../contract/kafka.contract.js';

kafkaContract('3.9.2', true);
