/** The queue every worker of an installation listens on. */
export const TASK_QUEUE = 'truancy';
