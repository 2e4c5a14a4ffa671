"""报盘 (U21, Q10): named maps of columns for the workbooks other systems take and give."""
