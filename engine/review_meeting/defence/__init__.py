"""组织答辩 (W9): when each defends, in the order of the lot, and who came; the stage is there where the plan asks for it."""
