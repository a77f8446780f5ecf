import { kafkaContract } from '../contract/kafka.contract.js';

kafkaContract('4.4.0');
