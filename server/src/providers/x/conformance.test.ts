import { describeProvider } from '../conformance.ts';
import { createXProvider } from './index.ts';
import { startXSimulator } from './simulator.ts';

describeProvider({ name: 'X', create: createXProvider, start: startXSimulator, publicPathOf: () => '/2/tweets' });
