import { feedHarness } from '../contract/feed-harness.js';
import { streamTransportContract } from '../contract/stream-transport.contract.js';

streamTransportContract('the feed', feedHarness);
