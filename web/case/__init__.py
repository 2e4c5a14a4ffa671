"""One case for everybody involved: where it stands in a sentence, its steps, journal, diagram, tasks, actions and files."""
