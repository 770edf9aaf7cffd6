import { cacheFolder } from '../../stack/paths.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';

/** The workflows' code as every worker of the tests runs it: made once for all files. */
export const testBundle = () => workflowBundle(cacheFolder());
