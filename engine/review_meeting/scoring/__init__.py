"""打分 (M13–M16): one case per dossier, its score sheet, three confirmations; calibration beside it, workbooks for work offline."""
