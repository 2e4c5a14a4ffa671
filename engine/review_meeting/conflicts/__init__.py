"""Who of a meeting's experts must keep out of which dossier (回避, J13): conflicts found in facts, what experts declare before
they open a dossier, what the office orders."""
