// Every managed object type that does something. A new type costs its file and one line here.
import type { Definition } from '../dispatch/define.ts';
import { extensionManager } from './extension-manager.ts';
import { optionManager } from './option-manager.ts';
import { serviceInstance } from './service-instance.ts';
import { sessionManager } from './session-manager.ts';
import { task } from './task.ts';
import { taskManager } from './task-manager.ts';

export const definitions: readonly Definition[] = [
  serviceInstance, sessionManager, taskManager, task, extensionManager, optionManager,
];
