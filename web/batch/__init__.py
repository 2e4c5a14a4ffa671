"""我的任务进度: what one has given to the worker to do, how far it is, and what came of each row."""
