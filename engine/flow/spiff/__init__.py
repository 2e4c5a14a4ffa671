"""The only importer of SpiffWorkflow: reads BPMN, checks it, moves tokens, and keeps them small."""
