"""The task inbox (待办箱): what somebody may do, has taken up, has parked, has done."""
