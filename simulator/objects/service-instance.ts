// ServiceInstance: the root of the API. Its content is made once by the inventory.
import type { ServiceContent } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';

export const serviceInstance = define('ServiceInstance', {
  RetrieveServiceContent: { query: ({ self }) => self.props['content'] as ServiceContent },
  CurrentTime: { query: ({ sim }) => sim.clock.now() },
  RetrieveProductComponents: { query: () => undefined },
});
